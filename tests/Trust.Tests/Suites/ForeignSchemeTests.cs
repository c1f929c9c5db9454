using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Xunit;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Tests.Suites;

/// <summary>What only foreign certificates use, named by AlgorithmIdentifier and signed by openssl.</summary>
public sealed class ForeignSchemeTests
{
    private const string Ecdsa = "1.2.840.10045.4.";
    private const string Rsa = "1.2.840.113549.1.1.";
    private static readonly byte[] Data = "foreign"u8.ToArray();
    private static readonly byte[] Twin = "foreigN"u8.ToArray();

    [Theory]
    [InlineData("P-256", "sha1", Ecdsa + "1")]
    [InlineData("P-256", "sha384", Ecdsa + "3.3")]
    [InlineData("P-256", "sha512", Ecdsa + "3.4")]
    [InlineData("P-384", "sha256", Ecdsa + "3.2")]
    [InlineData("P-384", "sha512", Ecdsa + "3.4")]
    [InlineData("P-521", "sha224", Ecdsa + "3.1")]
    [InlineData("P-521", "sha256", Ecdsa + "3.2")]
    [InlineData("P-521", "sha512", Ecdsa + "3.4")]
    public async Task Ecdsa_verifies_in_any_mix_of_curve_and_hash(string curve, string hash, string oid)
    {
        using var judge = new OpensslJudge();
        await judge.MakeKeyAsync("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + curve);
        await HoldsAsync(judge, new AlgorithmIdentifier(new DerObjectIdentifier(oid)), "-" + hash);
    }

    [Theory]
    [InlineData("sha1", Rsa + "5")]
    [InlineData("sha224", Rsa + "14")]
    [InlineData("sha384", Rsa + "12")]
    [InlineData("sha512", Rsa + "13")]
    public async Task Rsa_pkcs1_verifies_with_every_hash_and_with_null_or_absent_parameters(string hash, string oid)
    {
        using var judge = new OpensslJudge();
        await judge.MakeKeyAsync("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048");
        await HoldsAsync(judge, new AlgorithmIdentifier(new DerObjectIdentifier(oid), DerNull.Instance), "-" + hash);
        await HoldsAsync(judge, new AlgorithmIdentifier(new DerObjectIdentifier(oid)), "-" + hash);
    }

    [Theory]
    [InlineData("sha384", "sha384", 48)]
    [InlineData("sha512", "sha512", 64)]
    [InlineData("sha512", "sha256", 20)]
    [InlineData("sha256", "sha256", 0)]
    [InlineData("sha1", "sha1", 20)]
    public async Task Rsa_pss_verifies_by_its_parameters_and_by_no_others(string hash, string mask, int salt)
    {
        using var judge = new OpensslJudge();
        await judge.MakeKeyAsync("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048");
        string[] options = ["-" + hash, "-sigopt", "rsa_padding_mode:pss", "-sigopt", $"rsa_pss_saltlen:{salt}", "-sigopt", "rsa_mgf1_md:" + mask];
        await HoldsAsync(judge, Pss(hash, mask, salt), options);
        var signature = await judge.SignAsync(Data, options);
        var key = await judge.PublicKeyAsync();
        Assert.False(SignatureVerifier.Verify(key, Pss(hash, mask, salt + 1), Data, signature));
        Assert.False(SignatureVerifier.Verify(key, Pss(hash, mask == "sha224" ? "sha1" : "sha224", salt), Data, signature));
        Assert.False(SignatureVerifier.Verify(key, Pss(hash, mask, salt, trailer: 2), Data, signature));
        Assert.False(SignatureVerifier.Verify(key, new AlgorithmIdentifier(new DerObjectIdentifier(Rsa + "10")), Data, signature));
    }

    [Fact]
    public async Task A_key_bound_to_pss_parameters_verifies_with_those_only()
    {
        using var judge = new OpensslJudge();
        await judge.MakeKeyAsync(
            "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048", "-pkeyopt", "rsa_pss_keygen_md:sha256", "-pkeyopt", "rsa_pss_keygen_mgf1_md:sha256", "-pkeyopt", "rsa_pss_keygen_saltlen:32");
        string[] options = ["-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"];
        await HoldsAsync(judge, Pss("sha256", "sha256", 32), options);
        var key = await judge.PublicKeyAsync();
        var signature = await judge.SignAsync(Data, options);
        Assert.False(SignatureVerifier.Verify(key, Pss("sha256", "sha256", 20), Data, signature));
        Assert.False(SignatureVerifier.Verify(key, Pss("sha512", "sha512", 64), Data, signature));
        Assert.False(SignatureVerifier.Verify(key, SignatureAlgorithm.Rs256, Data, signature));
    }

    [Fact]
    public async Task Dsa_and_ed448_verify()
    {
        using var judge = new OpensslJudge();
        await judge.MakeKeyAsync("-algorithm", "ED448");
        await HoldsAsync(judge, new AlgorithmIdentifier(new DerObjectIdentifier("1.3.101.113")), "pkeyutl");
        using var dsa = DSA.Create(2048);
        var signature = dsa.SignData(Data, HashAlgorithmName.SHA1, DSASignatureFormat.Rfc3279DerSequence);
        var algorithm = new AlgorithmIdentifier(new DerObjectIdentifier("1.2.840.10040.4.3"));
        Assert.True(SignatureVerifier.Verify(dsa.ExportSubjectPublicKeyInfo(), algorithm, Data, signature));
        Assert.False(SignatureVerifier.Verify(dsa.ExportSubjectPublicKeyInfo(), algorithm, Twin, signature));
    }

    [Fact]
    public void A_policy_can_see_the_hash() =>
        Assert.Equal(HashFunction.Sha1, SignatureScheme.Of(new AlgorithmIdentifier(new DerObjectIdentifier(Rsa + "5"), DerNull.Instance))!.DataHash);

    private static async Task HoldsAsync(OpensslJudge judge, AlgorithmIdentifier algorithm, params string[] options)
    {
        var key = await judge.PublicKeyAsync();
        var signature = await judge.SignAsync(Data, options);
        Assert.True(SignatureVerifier.Verify(key, algorithm, Data, signature));
        Assert.False(SignatureVerifier.Verify(key, algorithm, Twin, signature));
        signature[^1] ^= 1;
        Assert.False(SignatureVerifier.Verify(key, algorithm, Data, signature));
    }

    private static AlgorithmIdentifier Pss(string hash, string mask, int salt, int trailer = 1)
    {
        var parameters = new Org.BouncyCastle.Asn1.Pkcs.RsassaPssParameters(
            Hash(hash), new AlgorithmIdentifier(new DerObjectIdentifier(Rsa + "8"), Hash(mask)), DerInteger.ValueOf(salt), DerInteger.ValueOf(trailer));
        return new AlgorithmIdentifier(new DerObjectIdentifier(Rsa + "10"), parameters);

        static AlgorithmIdentifier Hash(string name) => Enum.Parse<HashFunction>(name, ignoreCase: true).Identifier();
    }
}
