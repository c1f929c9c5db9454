using System.Buffers.Text;
using System.Formats.Asn1;
using System.Security.Cryptography;
using Xunit;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Tests.Suites;

/// <summary>Public keys made to deceive: none verifies anything, and none throws.</summary>
public sealed class HostileKeyTests
{
    private const string RocaModulus = "AanFpofbj7KjD4Lf-N2hVMKR7yewSyXhhbirIMTGpfYEhZ_lnt5UoK98DnKIgArXGTu3MaW_HhFw16HGaTDUHqPrId7fe4r11CqRw09yBFuW79V8sYIwHdzCaWflUI6auImYbVfoN9_nD5n8N8SY9DwXw7mwZM9wREPXoDPgOoIWl6q_MPsp7n0zs3Z5ZaiQWOOzl1S9OhwAfSiiOwz6efnXEaxuTEtPd7BjSx7NaFka8Dx9U7YqXy2RFj1O9PjyaDGuRh7YXsX3iMUSP_wSyHQg_c_qHRtKUsNSGCT7OZg0hzm2KphtjnayKJvC64vAbROBR4Ubg6Bxg9IQVZ-QYyE";
    private static readonly byte[] Data = [1, 2, 3];

    [Fact]
    public void An_rsa_key_with_exponent_one_makes_every_padded_digest_its_own_signature()
    {
        using var key = RSA.Create(2048);
        var modulus = key.ExportParameters(includePrivateParameters: false).Modulus!;
        byte[] info = [.. Convert.FromHexString("3031300d060960864801650304020105000420"), .. SHA256.HashData(Data)];
        byte[] padded = [0x00, 0x01, .. Enumerable.Repeat((byte)0xff, 256 - 3 - info.Length), 0x00, .. info];
        Assert.False(SignatureVerifier.Verify(RsaKey(modulus, [1]), SignatureAlgorithm.Rs256, Data, padded));
        Assert.True(SignatureVerifier.Verify(RsaKey(modulus, [1, 0, 1]), SignatureAlgorithm.Rs256, Data, key.SignData(Data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));
    }

    [Fact]
    public void A_key_of_the_broken_generator_is_not_read() =>
        Assert.False(IsRead(RsaKey(Base64Url.DecodeFromChars(RocaModulus), [1, 0, 1])));

    [Theory]
    [InlineData(2048, new byte[] { 2 })]
    [InlineData(2048, new byte[] { 1, 0, 0 })]
    [InlineData(1016, new byte[] { 1, 0, 1 })]
    [InlineData(16392, new byte[] { 1, 0, 1 })]
    public void Rsa_keys_of_bad_size_or_exponent_are_not_read(int bits, byte[] exponent) =>
        Assert.False(IsRead(RsaKey([.. Enumerable.Repeat((byte)0xfd, bits / 8)], exponent)));

    [Fact]
    public void A_curve_by_explicit_parameters_is_not_read()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var same = ECDsa.Create();
        var parameters = key.ExportExplicitParameters(includePrivateParameters: true);
        same.ImportParameters(parameters);
        var signature = same.SignData(Data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        Assert.True(SignatureVerifier.Verify(key.ExportSubjectPublicKeyInfo(), SignatureAlgorithm.Es256, Data, signature));
        Assert.False(SignatureVerifier.Verify(same.ExportSubjectPublicKeyInfo(), SignatureAlgorithm.Es256, Data, signature));
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", "order 4")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000", "the neutral point")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "order 2")]
    [InlineData("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "order 8")]
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "not reduced")]
    public void Ed25519_keys_of_small_order_verify_nothing(string point, string why)
    {
        // With such a key, R = the neutral point and S = 0 would hold for one message in eight at least.
        byte[] key = [.. Convert.FromHexString("302a300506032b6570032100"), .. Convert.FromHexString(point)];
        byte[] signature = [0x01, .. new byte[63]];
        for (byte i = 0; i < 64; i++)
        {
            Assert.False(SignatureVerifier.Verify(key, SignatureAlgorithm.Ed25519, [i], signature), why);
        }
    }

    [Fact]
    public void No_changed_byte_or_length_of_a_key_throws()
    {
        foreach (var algorithm in Enum.GetValues<SignatureAlgorithm>())
        {
            using var signer = SoftwareSigner.Generate(algorithm);
            var signature = signer.Sign(Data);
            var key = signer.PublicKey.ToArray();
            for (var i = 0; i < key.Length; i++)
            {
                var changed = (byte[])key.Clone();
                changed[i] ^= 0x80;
                Assert.False(SignatureVerifier.Verify(changed, algorithm, Data, signature), $"{algorithm}, byte {i}");
                Assert.False(SignatureVerifier.Verify(key.AsSpan(0, i), algorithm, Data, signature), $"{algorithm}, {i} bytes");
            }

            Assert.False(SignatureVerifier.Verify([.. key, 0x00], algorithm, Data, signature), $"{algorithm}, a byte more");
        }

        Assert.False(SignatureVerifier.Verify(new byte[100_000], SignatureAlgorithm.Es256, Data, Data));
    }

    [Fact]
    public void More_keys_than_are_kept_still_verify()
    {
        var keys = Enumerable.Range(0, 150).Select(_ => SoftwareSigner.Generate(SignatureAlgorithm.Es256)).ToList();
        for (var round = 0; round < 2; round++)
        {
            Assert.All(keys, k => Assert.True(SignatureVerifier.Verify(k.PublicKey.Span, SignatureAlgorithm.Es256, Data, k.Sign(Data))));
        }

        keys.ForEach(k => k.Dispose());
    }

    /// <summary>Whether any signature could verify: the key is read when its kind is looked at with a signature of the right length.</summary>
    private static bool IsRead(byte[] spki)
    {
        try
        {
            using var key = Yinxin.Trust.Suites.Verification.VerificationKey.Read(spki);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static byte[] RsaKey(byte[] modulus, byte[] exponent)
    {
        var key = new AsnWriter(AsnEncodingRules.DER);
        using (key.PushSequence())
        {
            key.WriteIntegerUnsigned(modulus);
            key.WriteIntegerUnsigned(exponent);
        }

        var info = new AsnWriter(AsnEncodingRules.DER);
        using (info.PushSequence())
        {
            using (info.PushSequence())
            {
                info.WriteObjectIdentifier("1.2.840.113549.1.1.1");
                info.WriteNull();
            }

            info.WriteBitString(key.Encode());
        }

        return info.Encode();
    }
}
