using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Bundles;

/// <summary>What an anchor is trusted for.</summary>
public static class AnchorPurposes
{
    /// <summary>Root of departments and signers of documents.</summary>
    public const string DocumentSigner = "document-signer";

    /// <summary>Root of seal makers and seal signers.</summary>
    public const string SealMaker = "seal-maker";

    /// <summary>Root of TSAs.</summary>
    public const string Tsa = "tsa";

    /// <summary>Root of persons and organisations who sign in with a certificate (extended key usage clientAuth).</summary>
    public const string ClientAuthentication = "client-authentication";

    /// <summary>Root of persons and organisations who sign what they hand in. Never of what an office issues: that is <see cref="DocumentSigner"/>.</summary>
    public const string SubscriberSigner = "subscriber-signer";

    /// <summary>What an issuing CA is trusted for, by its role in the hierarchy; nothing for CAs that verifiers do not go by.</summary>
    public static IReadOnlyList<string> OfRole(string role) => role switch
    {
        "documents" => [DocumentSigner],
        "seals" => [SealMaker],
        "tsa" => [Tsa],
        "persons" or "organisations" => [ClientAuthentication, SubscriberSigner],
        _ => [],
    };
}

/// <summary>The public keys that verification rests on; a file that anyone may copy.</summary>
/// <param name="Version">Format version, 1.</param>
/// <param name="GeneratedAt">When the issuer wrote it.</param>
/// <param name="Anchors">Trusted certificates with their purposes.</param>
/// <param name="Intermediates">Base64 DER of issuing CAs.</param>
/// <param name="Crls">Where the CRLs answer, and the last ones for use without a network.</param>
/// <param name="LicenseStatus">Base address of the licence status service.</param>
public sealed record TrustBundle(
    int Version, DateTimeOffset GeneratedAt, IReadOnlyList<TrustAnchor> Anchors, IReadOnlyList<string> Intermediates, IReadOnlyList<BundledCrl> Crls, Uri? LicenseStatus)
{
    private const int Largest = 4 * 1024 * 1024;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Reads a bundle.</summary>
    /// <exception cref="CryptographicException">Not a bundle of a known version.</exception>
    public static TrustBundle Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var bundle = utf8.Length > Largest ? null : JsonSerializer.Deserialize<TrustBundle>(utf8, Json);
            if (bundle is not { Version: 1, Anchors: not null, Intermediates: not null, Crls: not null })
            {
                throw new CryptographicException("Not a trust bundle of version 1.");
            }

            _ = bundle.Content;
            return bundle;
        }
        catch (Exception e) when (e is JsonException || Malformed.Is(e))
        {
            throw new CryptographicException("Not a trust bundle.", e);
        }
    }

    /// <summary>The bundle as UTF-8 JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Parsed once for each bundle: a verification asks for these lists a dozen times.</summary>
    private static readonly ConditionalWeakTable<TrustBundle, Parsed> ParsedBundles = [];

    private Parsed Content => ParsedBundles.GetValue(this, static bundle => new Parsed(bundle));

    /// <summary>Certificates of one purpose and suite that are trusted now.</summary>
    public IReadOnlyList<X509Certificate> AnchorsFor(string purpose, SignatureSuite suite) =>
        [.. Content.Anchors.Where(a => a.Anchor.Purpose == purpose && a.Anchor.Suite == suite.Name() && a.Anchor.IsOpen).Select(a => a.Certificate)];

    /// <summary>The issuing CAs.</summary>
    [JsonIgnore]
    public IReadOnlyList<X509Certificate> IntermediateCertificates => Content.Intermediates;

    /// <summary>The CRLs inside.</summary>
    [JsonIgnore]
    public IReadOnlyList<X509Crl> CertificateCrls => Content.Crls;

    private sealed class Parsed(TrustBundle bundle)
    {
        public IReadOnlyList<(TrustAnchor Anchor, X509Certificate Certificate)> Anchors { get; } =
            [.. bundle.Anchors.Select(a => (a, CertificateReading.Read(Convert.FromBase64String(a.Certificate))))];

        public IReadOnlyList<X509Certificate> Intermediates { get; } = [.. bundle.Intermediates.Select(i => CertificateReading.Read(Convert.FromBase64String(i)))];

        public IReadOnlyList<X509Crl> Crls { get; } = [.. bundle.Crls.Where(c => c.Crl is not null).Select(c => CertificateReading.ReadCrl(Convert.FromBase64String(c.Crl!)))];
    }
}

/// <summary>A trusted certificate.</summary>
/// <param name="Purpose">One of <see cref="AnchorPurposes"/>.</param>
/// <param name="Suite"><c>international</c> or <c>sm</c>.</param>
/// <param name="Name">For people.</param>
/// <param name="Certificate">Base64 DER.</param>
/// <param name="Territory">Whose trust list brought it in; null for our own.</param>
/// <param name="Periods">When it was trusted, by that list; null for always.</param>
public sealed record TrustAnchor(string Purpose, string Suite, string Name, string Certificate, string? Territory = null, IReadOnlyList<AnchorPeriod>? Periods = null)
{
    /// <summary>It is trusted without an end: what those may use who know of no times.</summary>
    [JsonIgnore]
    public bool IsOpen => Periods is null || Periods.Any(p => p.Until is null);
}

/// <summary>A time of trust.</summary>
/// <param name="From">Its first instant.</param>
/// <param name="Until">The first instant after it; null while it lasts.</param>
public sealed record AnchorPeriod(DateTimeOffset From, DateTimeOffset? Until);

/// <summary>A CRL and where its next one answers.</summary>
/// <param name="Issuer">The CA's name.</param>
/// <param name="Url">Where it is fetched.</param>
/// <param name="Crl">Base64 DER at the time of the bundle.</param>
public sealed record BundledCrl(string Issuer, Uri Url, string? Crl);
