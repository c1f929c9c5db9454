using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Xunit;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Tests.Suites;

/// <summary>Each of the six algorithms: openssl accepts ours and we accept openssl's, and nobody accepts what is one byte off.</summary>
public sealed class AlgorithmTests
{
    private static readonly byte[] Data = "印信 Yinxin"u8.ToArray();
    private static readonly byte[] Twin = "印信 YinxiN"u8.ToArray();

    public static TheoryData<SignatureAlgorithm> All => [.. Enum.GetValues<SignatureAlgorithm>()];

    [Theory]
    [MemberData(nameof(All))]
    public async Task Openssl_accepts_our_signature_and_refuses_its_twin(SignatureAlgorithm algorithm)
    {
        using var judge = new OpensslJudge();
        using var signer = SoftwareSigner.Generate(algorithm);
        var signature = signer.Sign(Data);
        Assert.True(await judge.VerifiesAsync(signer.PublicKey, Data, signature, OpensslJudge.OptionsOf(algorithm)));
        Assert.False(await judge.VerifiesAsync(signer.PublicKey, Twin, signature, OpensslJudge.OptionsOf(algorithm)));
    }

    [Theory]
    [InlineData(SignatureAlgorithm.Es256, "-algorithm EC -pkeyopt ec_paramgen_curve:P-256")]
    [InlineData(SignatureAlgorithm.Es384, "-algorithm EC -pkeyopt ec_paramgen_curve:P-384")]
    [InlineData(SignatureAlgorithm.Rs256, "-algorithm RSA -pkeyopt rsa_keygen_bits:2048")]
    [InlineData(SignatureAlgorithm.Ps256, "-algorithm RSA -pkeyopt rsa_keygen_bits:2048")]
    [InlineData(SignatureAlgorithm.Ed25519, "-algorithm ED25519")]
    [InlineData(SignatureAlgorithm.Sm2, "-algorithm EC -pkeyopt ec_paramgen_curve:SM2")]
    public async Task We_accept_openssls_signature_and_key_and_refuse_the_twin(SignatureAlgorithm algorithm, string key)
    {
        using var judge = new OpensslJudge();
        var pkcs8 = await judge.MakeKeyAsync(key.Split(' '));
        var publicKey = await judge.PublicKeyAsync();
        var signature = await judge.SignAsync(Data, OpensslJudge.OptionsOf(algorithm));
        Assert.True(SignatureVerifier.Verify(publicKey, algorithm, Data, signature));
        Assert.True(SignatureVerifier.Verify(publicKey, algorithm.Identifier(), Data, signature));
        Assert.False(SignatureVerifier.Verify(publicKey, algorithm, Twin, signature));

        using var ours = SoftwareSigner.FromPkcs8(pkcs8, algorithm);
        Assert.Equal(publicKey, ours.PublicKey.ToArray());
        Assert.True(await judge.VerifiesAsync(publicKey, Data, ours.Sign(Data), OpensslJudge.OptionsOf(algorithm)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void No_changed_lengthened_or_shortened_signature_verifies(SignatureAlgorithm algorithm)
    {
        using var signer = SoftwareSigner.Generate(algorithm);
        var signature = signer.Sign(Data);
        Assert.True(SignatureVerifier.Verify(signer.PublicKey.Span, algorithm, Data, signature));
        for (var i = 0; i < signature.Length; i++)
        {
            var changed = (byte[])signature.Clone();
            changed[i] ^= 0x01;
            Assert.False(SignatureVerifier.Verify(signer.PublicKey.Span, algorithm, Data, changed), $"byte {i}");
        }

        Assert.False(SignatureVerifier.Verify(signer.PublicKey.Span, algorithm, Data, [.. signature, 0x00]));
        Assert.False(SignatureVerifier.Verify(signer.PublicKey.Span, algorithm, Data, [0x00, .. signature]));
        Assert.False(SignatureVerifier.Verify(signer.PublicKey.Span, algorithm, Data, signature.AsSpan(0, signature.Length - 1)));
        Assert.False(SignatureVerifier.Verify(signer.PublicKey.Span, algorithm, Data, []));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_signature_verifies_by_its_own_algorithm_only(SignatureAlgorithm algorithm)
    {
        using var signer = SoftwareSigner.Generate(algorithm);
        var signature = signer.Sign(Data);
        foreach (var other in Enum.GetValues<SignatureAlgorithm>())
        {
            Assert.Equal(other == algorithm, SignatureVerifier.Verify(signer.PublicKey.Span, other, Data, signature));
            Assert.Equal(other == algorithm, SignatureVerifier.Verify(signer.PublicKey.Span, other.Identifier(), Data, signature));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_key_survives_export_and_import_and_is_wiped_at_the_end(SignatureAlgorithm algorithm)
    {
        var signer = SoftwareSigner.Generate(algorithm);
        using var again = SoftwareSigner.FromPkcs8(signer.ExportPkcs8(), algorithm);
        Assert.Equal((signer.KeyId, algorithm, signer.Suite), (again.KeyId, again.Algorithm, again.Suite));
        Assert.True(SignatureVerifier.Verify(signer.PublicKey.Span, algorithm, Data, again.Sign(Data)));
        signer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => signer.ExportPkcs8());
        Assert.Throws<ObjectDisposedException>(() => signer.Sign(Data));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Many_threads_may_sign_with_one_key(SignatureAlgorithm algorithm)
    {
        using var signer = SoftwareSigner.Generate(algorithm);
        var results = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(() => (Data: BitConverter.GetBytes(i), Signature: signer.Sign(BitConverter.GetBytes(i))))));
        Assert.All(results, r => Assert.True(SignatureVerifier.Verify(signer.PublicKey.Span, algorithm, r.Data, r.Signature)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void An_identifier_is_read_back_as_its_algorithm(SignatureAlgorithm algorithm) =>
        Assert.Equal(algorithm, SignatureAlgorithms.Of(AlgorithmIdentifier.GetInstance(algorithm.Identifier().GetDerEncoded())));

    [Theory]
    [InlineData(SignatureAlgorithm.Es256, "300a06082a8648ce3d040302", false, true)]
    [InlineData(SignatureAlgorithm.Es384, "300a06082a8648ce3d040303", false, true)]
    [InlineData(SignatureAlgorithm.Rs256, "300d06092a864886f70d01010b0500", true, true)]
    [InlineData(SignatureAlgorithm.Ps256, "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120", false, false)]
    [InlineData(SignatureAlgorithm.Ed25519, "300506032b6570", false, true)]
    [InlineData(SignatureAlgorithm.Sm2, "300a06082a811ccf55018375", true, true)]
    public void Identifiers_are_written_as_the_standards_say_and_parameters_read_as_strictly(SignatureAlgorithm algorithm, string der, bool nullIsRead, bool absentIsRead)
    {
        var identifier = algorithm.Identifier();
        Assert.Equal(der, Convert.ToHexStringLower(identifier.GetDerEncoded()));
        Assert.Equal(nullIsRead, SignatureAlgorithms.Of(new AlgorithmIdentifier(identifier.Algorithm, DerNull.Instance)) == algorithm);
        Assert.Equal(absentIsRead, SignatureAlgorithms.Of(new AlgorithmIdentifier(identifier.Algorithm)) == algorithm);
        Assert.Null(SignatureAlgorithms.Of(new AlgorithmIdentifier(identifier.Algorithm, DerInteger.One)));
    }

    [Fact]
    public void A_key_is_not_taken_for_another_algorithm()
    {
        using var p256 = SoftwareSigner.Generate(SignatureAlgorithm.Es256);
        Assert.Throws<CryptographicException>(() => SoftwareSigner.FromPkcs8(p256.ExportPkcs8(), SignatureAlgorithm.Es384));
        Assert.Throws<CryptographicException>(() => SoftwareSigner.FromPkcs8(p256.ExportPkcs8(), SignatureAlgorithm.Sm2));
    }

    [Theory]
    [InlineData("")]
    [InlineData("3000")]
    [InlineData("300506032b6570")]
    [InlineData("302e020100300506032b657004220420")]
    public void What_is_no_key_is_refused(string hex) => Assert.Throws<CryptographicException>(() => SoftwareSigner.FromPkcs8(Convert.FromHexString(hex)));

    [Fact]
    public void A_short_rsa_key_neither_signs_nor_verifies()
    {
        using var key = RSA.Create(1024);
        Assert.Throws<CryptographicException>(() => SoftwareSigner.FromPkcs8(key.ExportPkcs8PrivateKey()));
        var signature = key.SignData(Data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        Assert.False(SignatureVerifier.Verify(key.ExportSubjectPublicKeyInfo(), SignatureAlgorithm.Rs256, Data, signature));
    }
}
