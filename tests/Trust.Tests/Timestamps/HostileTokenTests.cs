using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.Tsp;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Math;
using Xunit;
using Yinxin.Testing;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Cms;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;
using Yinxin.Trust.Validation;
using Yinxin.Trust.Validation.Policies;

namespace Yinxin.Trust.Tests.Timestamps;

/// <summary>Tokens that a TSA signed properly but should not have made, and tokens that were changed after: both are refused.</summary>
public sealed class HostileTokenTests : IDisposable
{
    private readonly TestPki pki = new(SignatureSuite.International);
    private readonly SoftwareSigner key = SoftwareSigner.Generate(SignatureSuite.International);

    public static TheoryData<string> Forms =>
    [
        "version 2", "a digest of another length", "an unknown hash", "serial zero", "a negative serial", "a serial of 161 bits", "no zone", "a trailing zero in the fraction", "an empty fraction", "no seconds",
        "1000 milliseconds", "negative seconds", "another TSA's name", "a critical extension", "BER", "trailing bytes", "an unknown element",
    ];

    public void Dispose()
    {
        pki.Dispose();
        key.Dispose();
    }

    [Fact]
    public void The_plain_form_is_read() => Assert.Equal(new DateTimeOffset(2026, 11, 28, 0, 0, 0, 500, TimeSpan.Zero), TimestampToken.Read(Sign(Info("plain"))).Time);

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_signed_token_of_a_forbidden_form_is_not_read(string form) => Assert.ThrowsAny<CryptographicException>(() => TimestampToken.Read(Sign(Info(form))));

    [Theory]
    [InlineData("tls")]
    [InlineData("department")]
    public void A_certificate_that_is_no_TSAs_is_refused(string profile)
    {
        var certificate = pki.Issue(profile, key);
        var data = SHA256.HashData("data"u8);
        var token = TimestampToken.Read(CmsSignatures.CreateAttached(key, [certificate, pki.Issuing], include: true, PkcsObjectIdentifiers.IdCTTstInfo, Info("", certificate.SubjectDN, data)));
        Assert.Equal(Outcome.Failed, Check.Overall(token.Verify("data"u8, ValidationMaterial.Of(AnchorPurposes.Tsa, [pki.Root], []))));
        Assert.ThrowsAny<CryptographicException>(() => new TimestampAuthority(key, [certificate], TimeProvider.System));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void An_extended_key_usage_that_is_not_critical_or_not_alone_is_refused(bool critical, bool second)
    {
        var profile = CertificateProfile.All["tsa"] with { ExtendedKeyUsageCritical = critical, ExtendedKeyUsage = second ? ["1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.1"] : ["1.3.6.1.5.5.7.3.8"] };
        var certificate = pki.Issuer.Issue(TestPki.Content("tsa", key) with { Profile = profile });
        var token = TimestampToken.Read(CmsSignatures.CreateAttached(key, [certificate, pki.Issuing], include: true, PkcsObjectIdentifiers.IdCTTstInfo, Info("", certificate.SubjectDN, SHA256.HashData("data"u8))));
        Assert.Contains(token.Verify("data"u8, ValidationMaterial.Of(AnchorPurposes.Tsa, [pki.Root], [])), c => c is { Code: "timestamp.authority", Outcome: Outcome.Failed });
        Assert.ThrowsAny<CryptographicException>(() => new TimestampAuthority(key, [certificate], TimeProvider.System));
    }

    [Fact]
    public void A_certificate_of_another_key_stops_the_authority()
    {
        using var other = SoftwareSigner.Generate(SignatureSuite.International);
        Assert.ThrowsAny<CryptographicException>(() => new TimestampAuthority(other, [pki.Issue("tsa", key)], TimeProvider.System));
    }

    [Fact]
    public void Every_changed_byte_of_a_token_shows()
    {
        var certificate = pki.Issue("tsa", key);
        var token = CmsSignatures.CreateAttached(key, [certificate, pki.Issuing], include: true, PkcsObjectIdentifiers.IdCTTstInfo, Info("", certificate.SubjectDN, SHA256.HashData("data"u8)));
        Assert.NotEqual(Outcome.Failed, Check.Overall(TimestampToken.Read(token).Verify("data"u8, ValidationMaterial.Of(AnchorPurposes.Tsa, [pki.Root], []))));
        for (var i = 0; i < token.Length; i++)
        {
            var changed = (byte[])token.Clone();
            changed[i] ^= 0x10;
            Assert.False(Holds(changed), $"byte {i}");
        }

        bool Holds(byte[] changed)
        {
            try
            {
                return Check.Overall(TimestampToken.Read(changed).Verify("data"u8, ValidationMaterial.Of(AnchorPurposes.Tsa, [pki.Root], []))) != Outcome.Failed;
            }
            catch (CryptographicException)
            {
                return false;
            }
        }
    }

    [Fact]
    public void A_SHA1_imprint_binds_nothing()
    {
        var certificate = pki.Issue("tsa", key);
        var sha1 = HashFunction.Sha1.Hash("data"u8);
        var info = new TstInfo(
            TimestampAuthority.Policy, new MessageImprint(HashFunction.Sha1.Identifier(), sha1), DerInteger.ValueOf(1), new DerGeneralizedTime("20261128000000Z"), null, null, null, null, null).GetDerEncoded();
        var token = TimestampToken.Read(CmsSignatures.CreateAttached(key, [certificate, pki.Issuing], include: true, PkcsObjectIdentifiers.IdCTTstInfo, info));
        Assert.Contains(token.Verify("data"u8, ValidationMaterial.Of(AnchorPurposes.Tsa, [pki.Root], [])), c => c is { Code: "timestamp.algorithms", Outcome: Outcome.Failed });
    }

    private static byte[] Info(string form, X509Name? name = null, byte[]? digest = null)
    {
        var hash = new AlgorithmIdentifier(new DerObjectIdentifier(form == "an unknown hash" ? "1.2.3.4" : "2.16.840.1.101.3.4.2.1"));
        var tsa = form == "another TSA's name" ? DistinguishedName.Of("x", "y") : name;
        var serial = form switch
        {
            "serial zero" => BigInteger.Zero,
            "a negative serial" => BigInteger.One.Negate(),
            "a serial of 161 bits" => BigInteger.One.ShiftLeft(160),
            _ => BigInteger.ValueOf(77),
        };
        var time = form switch
        {
            "no zone" => "20261128000000",
            "a trailing zero in the fraction" => "20261128000000.50Z",
            "an empty fraction" => "20261128000000.Z",
            "no seconds" => "202611280000Z",
            "" => DateTimeOffset.UtcNow.ToString("yyyyMMddHHmmss", System.Globalization.CultureInfo.InvariantCulture) + ".5Z",
            _ => "20261128000000.5Z",
        };
        var parts = new List<byte[]>
        {
            DerInteger.ValueOf(form == "version 2" ? 2 : 1).GetDerEncoded(),
            TimestampAuthority.Policy.GetDerEncoded(),
            new DerSequence(hash, new DerOctetString(form == "a digest of another length" ? new byte[31] : digest ?? new byte[32])).GetDerEncoded(),
            new DerInteger(serial).GetDerEncoded(),
            Written(0x18, System.Text.Encoding.ASCII.GetBytes(time)),
            (form == "1000 milliseconds" ? new DerSequence(DerInteger.ValueOf(1), new DerTaggedObject(isExplicit: false, 0, DerInteger.ValueOf(1000)))
                : new DerSequence(DerInteger.ValueOf(form == "negative seconds" ? -1 : 1))).GetDerEncoded(),
        };
        if (tsa is not null)
        {
            parts.Add(new DerTaggedObject(isExplicit: true, 0, new GeneralName(tsa)).GetDerEncoded());
        }

        if (form == "a critical extension")
        {
            parts.Add(new DerTaggedObject(isExplicit: false, 1, new X509Extensions(new Dictionary<DerObjectIdentifier, X509Extension> { [new DerObjectIdentifier("1.2.3.4.5")] = new(critical: true, new DerOctetString([5, 0])) })).GetDerEncoded());
        }

        if (form == "an unknown element")
        {
            parts.Add(new DerUtf8String("x").GetDerEncoded());
        }

        byte[] content = [.. parts.SelectMany(p => p)];
        return form switch
        {
            "BER" => [0x30, 0x80, .. content, 0, 0],
            "trailing bytes" => [.. Written(0x30, content), 0],
            _ => Written(0x30, content),
        };
    }

    /// <summary>Written byte by byte: the library corrects the forbidden forms.</summary>
    private static byte[] Written(byte tag, byte[] content) => content.Length < 128 ? [tag, (byte)content.Length, .. content] : [tag, 0x81, checked((byte)content.Length), .. content];

    private byte[] Sign(byte[] info) => CmsSignatures.CreateAttached(key, [pki.Issue("tsa", key), pki.Issuing], include: true, PkcsObjectIdentifiers.IdCTTstInfo, info);
}
