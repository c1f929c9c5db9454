using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Certificates.Paths.Revocation;
using Yinxin.Trust.Validation;

namespace Yinxin.Trust.Certificates;

/// <summary>What a certificate must be good for.</summary>
/// <param name="At">The time at which everything must have been valid.</param>
/// <param name="KeyUsages">At least one of these bits (see <see cref="KeyUsage"/>) must be set in the end certificate.</param>
/// <param name="ExtendedKeyUsage">An extended key usage that must be there.</param>
public sealed record PathRequirements(DateTimeOffset At, int KeyUsages = KeyUsage.DigitalSignature | KeyUsage.NonRepudiation, KeyPurposeID? ExtendedKeyUsage = null)
{
    /// <summary>Further knowledge of revocation beside the lists, such as answers of OCSP.</summary>
    public IRevocationSource? Revocation { get; init; }
}

/// <summary>The outcome of a path validation.</summary>
/// <param name="Path">From the end certificate up to and including the anchor; empty when none was found.</param>
/// <param name="Checks">Each step with its outcome.</param>
public sealed record PathResult(IReadOnlyList<X509Certificate> Path, IReadOnlyList<Check> Checks)
{
    /// <summary>No check failed.</summary>
    public bool Valid => Check.Overall(Checks) != Outcome.Failed;
}

/// <summary>Path validation as reports show it: <see cref="PathValidator"/> by the platform's rules, one named check for each part.</summary>
public static class CertificatePath
{
    /// <summary>Validates.</summary>
    /// <param name="end">The end certificate.</param>
    /// <param name="intermediates">Untrusted certificates that may help.</param>
    /// <param name="anchors">What is trusted.</param>
    /// <param name="requirements">Time and usages.</param>
    /// <param name="crls">CRLs at hand; without one for an issuer, revocation is «cannot tell».</param>
    public static PathResult Validate(X509Certificate end, IEnumerable<X509Certificate> intermediates, IEnumerable<X509Certificate> anchors, PathRequirements requirements, IEnumerable<X509Crl>? crls = null)
    {
        var certificates = new Dictionary<PathCertificate, X509Certificate>(ReferenceEqualityComparer.Instance);
        if (Read(end, certificates) is not { } read)
        {
            return new PathResult([], [Chain(passed: false, "The certificate is malformed.")]);
        }

        var lists = new CrlSource([.. (crls ?? []).Select(Read).OfType<RevocationList>()]);
        var request = new PathRequest(read, ReadAll(intermediates, certificates), ReadAll(anchors, certificates), requirements.At)
        {
            AnyKeyUsage = Usages(requirements.KeyUsages),
            Purpose = requirements.ExtendedKeyUsage?.Id,
            StatedPurpose = true,
            Revocation = requirements.Revocation is { } other ? new RevocationSources(other, lists) : lists,
        };
        var outcome = PathValidator.Validate(PathProfile.Platform, request);
        return outcome.Path.Count == 0
            ? new PathResult([], [Chain(passed: false, string.Join(' ', outcome.Problems.Select(p => p.Message)))])
            : new PathResult([.. outcome.Path.Select(c => certificates[c])], [.. Checks(outcome)]);
    }

    /// <summary>True when <paramref name="issuer"/> signed <paramref name="certificate"/> and its name says so.</summary>
    public static bool IsIssuedBy(X509Certificate certificate, X509Certificate issuer)
    {
        var (subject, authority) = (Read(certificate), Read(issuer));
        return subject is not null && authority is not null && subject.Issuer.Equals(authority.Subject) && subject.AlgorithmsAgree && subject.Signed.IsSignedBy(authority.PublicKey);
    }

    /// <summary>True when <paramref name="issuer"/> signed the CRL and its name says so.</summary>
    public static bool IsIssuedBy(X509Crl crl, X509Certificate issuer)
    {
        var (list, authority) = (Read(crl), Read(issuer));
        return list is not null && authority is not null && list.Issuer.Equals(authority.Subject) && list.AlgorithmsAgree && list.Signed.IsSignedBy(authority.PublicKey);
    }

    private static IEnumerable<Check> Checks(PathOutcome outcome)
    {
        yield return Of("certificate.chain", "证书链", "Certificate chain", outcome, p => p.Step is PathStep.Chain or PathStep.Format or PathStep.Budget or PathStep.Signature) is { Outcome: Outcome.Failed } broken
            ? broken : Chain(passed: true, string.Join(" ← ", outcome.Path.Select(c => c.Subject)));
        yield return Of("certificate.validity", "证书有效期", "Certificate validity", outcome, p => p.Step == PathStep.Validity);
        yield return Of("certificate.authority", "签发机构", "Certificate authority", outcome, p => p.Step == PathStep.Authority || p is { Step: PathStep.KeyUsage, Code: "notAllowedToSign" });
        yield return Of("certificate.keyUsage", "证书用途", "Key usage", outcome, p => p.Step == PathStep.Purpose || p is { Step: PathStep.KeyUsage, Code: not "notAllowedToSign" });
        yield return Of("certificate.nameConstraints", "名称限制", "Name constraints", outcome, p => p.Step == PathStep.NameConstraints);
        yield return Of("certificate.policies", "证书策略", "Certificate policies", outcome, p => p.Step == PathStep.Policies);
        yield return Of("certificate.criticalExtension", "关键扩展项", "Critical extensions", outcome, p => p.Step == PathStep.CriticalExtension);
        var revocation = Of("certificate.revocation", "证书吊销状态", "Revocation", outcome, p => p.Step == PathStep.Revocation);
        yield return revocation.Outcome == Outcome.Passed && outcome.Unknown.Count > 0 ? revocation with { Outcome = Outcome.CannotTell, Detail = string.Join(' ', outcome.Unknown) } : revocation;
    }

    private static Check Chain(bool passed, string detail) => Check.Of("certificate.chain", "证书链", "Certificate chain", passed, detail);

    private static Check Of(string code, string chinese, string english, PathOutcome outcome, Func<PathProblem, bool> concerns)
    {
        var found = outcome.Problems.Where(concerns).Select(p => p.Message).ToList();
        return Check.Of(code, chinese, english, found.Count == 0, found.Count == 0 ? null : string.Join(' ', found));
    }

    private static List<PathCertificate> ReadAll(IEnumerable<X509Certificate> certificates, Dictionary<PathCertificate, X509Certificate> known) =>
        [.. certificates.Select(c => Read(c, known)).OfType<PathCertificate>()];

    private static PathCertificate? Read(X509Certificate certificate, Dictionary<PathCertificate, X509Certificate> known)
    {
        if (Read(certificate) is not { } read)
        {
            return null;
        }

        known[read] = certificate;
        return read;
    }

    private static PathCertificate? Read(X509Certificate certificate)
    {
        try
        {
            return PathCertificate.Of(certificate);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static RevocationList? Read(X509Crl crl)
    {
        try
        {
            return RevocationList.Of(crl);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static KeyUsages Usages(int bits)
    {
        (int Bit, KeyUsages Usage)[] all =
        [
            (KeyUsage.DigitalSignature, Paths.KeyUsages.DigitalSignature), (KeyUsage.NonRepudiation, Paths.KeyUsages.ContentCommitment), (KeyUsage.KeyEncipherment, Paths.KeyUsages.KeyEncipherment),
            (KeyUsage.DataEncipherment, Paths.KeyUsages.DataEncipherment), (KeyUsage.KeyAgreement, Paths.KeyUsages.KeyAgreement), (KeyUsage.KeyCertSign, Paths.KeyUsages.CertificateSigning),
            (KeyUsage.CrlSign, Paths.KeyUsages.CrlSigning), (KeyUsage.EncipherOnly, Paths.KeyUsages.EncipherOnly), (KeyUsage.DecipherOnly, Paths.KeyUsages.DecipherOnly),
        ];
        return all.Where(a => (bits & a.Bit) != 0).Aggregate(Paths.KeyUsages.None, (sum, a) => sum | a.Usage);
    }
}
