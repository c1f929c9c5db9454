using System.Text;
using Xunit;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Tests.Suites;
using Yinxin.Trust.Validation.Policies;

namespace Yinxin.Trust.Tests.Validation;

/// <summary>Policies and the table of algorithms as data.</summary>
public sealed class PolicyTests
{
    [Theory]
    [InlineData("", "policy.json")]
    [InlineData("null", "policy.json")]
    [InlineData("""{ "version": "1" }""", "policy.json")]
    [InlineData("""{ "name": "", "version": "1" }""", "policy.member")]
    [InlineData("""{ "name": "a", "version": "1", "unknown": 1 }""", "policy.json")]
    [InlineData("""{ "name": "a", "name": "b", "version": "1" }""", "policy.json")]
    [InlineData("""{ "name": "a", "version": "1", "levels": null }""", "policy.json")]
    [InlineData("""{ "name": "a", "version": "1", "levels": { "no.such": "fail" } }""", "policy.level")]
    [InlineData("""{ "name": "a", "version": "1", "levels": { "certificate.fresh": "maybe" } }""", "policy.json")]
    [InlineData("""{ "name": "a", "version": "1", "levels": { "certificate.fresh": 1 } }""", "policy.json")]
    [InlineData("""{ "name": "a", "version": "1", "freshnessHours": 0 }""", "policy.member")]
    [InlineData("""{ "name": "a", "version": "1", "timestampDelayHours": -1 }""", "policy.member")]
    [InlineData("""{ "name": "a", "version": "1", "signers": { "other": { "anchors": ["tsa"] } } }""", "policy.member")]
    [InlineData("""{ "name": "a", "version": "1", "signers": { "signature": null } }""", "policy.member")]
    [InlineData("""{ "name": "a", "version": "1", "signers": { "signature": { "anchors": [] } } }""", "policy.member")]
    [InlineData("""{ "name": "a", "version": "1", "signers": { "signature": { "anchors": ["x"], "keyUsage": ["sign"] } } }""", "policy.member")]
    [InlineData("""{ "name": "a", "version": "1", "signers": { "signature": { "anchors": ["x"], "purpose": "email" } } }""", "policy.member")]
    [InlineData("""{ "name": "a", "version": "1", "signers": { "signature": { "anchors": ["x"], "suites": ["other"] } } }""", "policy.member")]
    [InlineData("""{ "name": "a", "version": "1", "algorithms": [{ "source": "s" }] }""", "policy.algorithm")]
    [InlineData("""{ "name": "a", "version": "1", "algorithms": [null] }""", "policy.algorithm")]
    [InlineData("""{ "name": "a", "version": "1", "algorithms": [{ "hash": "MD5", "source": "s" }] }""", "policy.algorithm")]
    [InlineData("""{ "name": "a", "version": "1", "algorithms": [{ "hash": "SHA-1", "algorithm": "RSA", "source": "s" }] }""", "policy.algorithm")]
    [InlineData("""{ "name": "a", "version": "1", "algorithms": [{ "hash": "SHA-1", "bitsBelow": 3, "source": "s" }] }""", "policy.algorithm")]
    [InlineData("""{ "name": "a", "version": "1", "algorithms": [{ "hash": "SHA-1", "never": true, "until": "2020-01-01", "source": "s" }] }""", "policy.algorithm")]
    [InlineData("""{ "name": "a", "version": "1", "algorithms": [{ "hash": "SHA-1", "source": " " }] }""", "policy.algorithm")]
    public void A_policy_that_cannot_be_used_is_refused_with_its_place(string json, string code)
    {
        var refusal = Assert.Throws<ValidationPolicyException>(() => ValidationPolicy.Parse(Encoding.UTF8.GetBytes(json)));

        Assert.Equal(code, refusal.Code);
        Assert.NotEmpty(refusal.Place);
    }

    [Fact]
    public void What_a_policy_leaves_out_is_the_platforms()
    {
        var policy = ValidationPolicy.Parse("""{ "name": "a", "version": "1" }"""u8);

        Assert.Equal(["document-signer"], policy.RulesOf(ValidationPolicy.Signature).Anchors);
        Assert.Equal("1.3.6.1.5.5.7.3.8", policy.RulesOf(ValidationPolicy.Timestamp).Purpose);
    }

    [Theory]
    [InlineData(HashFunction.Sha1, 2012)]
    [InlineData(HashFunction.Sha224, 2028)]
    [InlineData(HashFunction.Sha256, null)]
    [InlineData(HashFunction.Sm3, null)]
    public void Hashes_end_by_the_published_table(HashFunction hash, int? year)
    {
        var verdict = CryptographicLimits.Judge(ValidationPolicy.Platform, hash);

        Assert.Equal(year, verdict.Until?.Year);
        Assert.NotNull(verdict.Source);
    }

    [Theory]
    [InlineData(SignatureAlgorithm.Rs256, 2028)]
    [InlineData(SignatureAlgorithm.Es384, null)]
    [InlineData(SignatureAlgorithm.Ed25519, null)]
    [InlineData(SignatureAlgorithm.Sm2, null)]
    public void Our_own_algorithms_end_by_the_published_table_and_a_policy_may_set_an_earlier_end(SignatureAlgorithm algorithm, int? year)
    {
        using var key = SoftwareSigner.Generate(algorithm);
        var name = algorithm switch { SignatureAlgorithm.Rs256 => "RSA", SignatureAlgorithm.Es384 => "ECDSA", SignatureAlgorithm.Ed25519 => "EdDSA", _ => "SM2" };
        var ended = ValidationPolicy.Platform with { Algorithms = [new AlgorithmLimit { Algorithm = name, Never = true, Source = "test" }] };

        Assert.Equal(year, CryptographicLimits.Judge(ValidationPolicy.Platform, SignatureScheme.Of(algorithm), key.PublicKey).Until?.Year);
        Assert.False(CryptographicLimits.Judge(ended, SignatureScheme.Of(algorithm), key.PublicKey).IsReliableAt(DateTimeOffset.UnixEpoch));
    }

    [Theory]
    [InlineData(44)]
    [InlineData(65)]
    [InlineData(87)]
    public void ML_DSA_is_called_by_its_parameter_set_and_has_a_line_of_its_own(int parameterSet)
    {
        var key = new MlDsa(parameterSet).PublicKey;
        var ended = ValidationPolicy.Platform with { Algorithms = [new AlgorithmLimit { Algorithm = "ML-DSA", Until = new DateOnly(2030, 1, 1), Source = "test" }] };
        var other = ValidationPolicy.Platform with { Algorithms = [new AlgorithmLimit { Algorithm = "EdDSA", Never = true, Source = "test" }] };

        var verdict = CryptographicLimits.Judge(ValidationPolicy.Platform, new MlDsaScheme(parameterSet), key);

        Assert.Equal(FormattableString.Invariant($"ML-DSA-{parameterSet}"), verdict.Name);
        Assert.Contains("FIPS 204", verdict.Source, StringComparison.Ordinal);
        Assert.Null(verdict.Until);
        Assert.Equal(2030, CryptographicLimits.Judge(ended, new MlDsaScheme(parameterSet), key).Until?.Year);
        Assert.Null(CryptographicLimits.Judge(other, new MlDsaScheme(parameterSet), key).Until);
    }

    [Fact]
    public void Only_the_old_padding_of_RSA_ends_with_a_long_key()
    {
        using var key = SoftwareSigner.Generate(SignatureAlgorithm.Rs256);

        Assert.Equal(2028, CryptographicLimits.Judge(ValidationPolicy.Platform, new RsaPkcs1Scheme(HashFunction.Sha256), key.PublicKey).Until?.Year);
        Assert.Null(CryptographicLimits.Judge(ValidationPolicy.Platform, new RsaPssScheme(HashFunction.Sha256, HashFunction.Sha256, 32), key.PublicKey).Until);
    }

    [Fact]
    public void An_algorithm_or_key_that_nobody_lists_is_never_relied_on()
    {
        Assert.False(CryptographicLimits.Judge(ValidationPolicy.Platform, null, default).IsReliableAt(DateTimeOffset.UnixEpoch));
        Assert.False(CryptographicLimits.Judge(ValidationPolicy.Platform, SignatureScheme.Of(SignatureAlgorithm.Es256), new byte[] { 1 }).IsReliableAt(DateTimeOffset.UnixEpoch));
    }
}
