using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation;

namespace Yinxin.Trust.Certificates;

/// <summary>What a certificate must be good for.</summary>
/// <param name="At">The time at which everything must have been valid.</param>
/// <param name="KeyUsages">At least one of these bits (see <see cref="KeyUsage"/>) must be set in the end certificate.</param>
/// <param name="ExtendedKeyUsage">An extended key usage that must be there.</param>
public sealed record PathRequirements(DateTimeOffset At, int KeyUsages = KeyUsage.DigitalSignature | KeyUsage.NonRepudiation, KeyPurposeID? ExtendedKeyUsage = null);

/// <summary>The outcome of a path validation.</summary>
/// <param name="Path">From the end certificate up to and including the anchor; empty when none was found.</param>
/// <param name="Checks">Each step with its outcome.</param>
public sealed record PathResult(IReadOnlyList<X509Certificate> Path, IReadOnlyList<Check> Checks)
{
    /// <summary>No check failed.</summary>
    public bool Valid => Check.Overall(Checks) != Outcome.Failed;
}

/// <summary>Finds and validates a path from a certificate to a trust anchor, in both suites (RFC 5280 §6.1, as far as our profiles use it: an extension that it does not process and that is critical makes the path invalid).</summary>
public static class CertificatePath
{
    private const int Longest = 6;

    private static readonly HashSet<string> Processed = new(StringComparer.Ordinal)
    {
        X509Extensions.KeyUsage.Id, X509Extensions.BasicConstraints.Id, X509Extensions.ExtendedKeyUsage.Id,
    };

    /// <summary>Validates.</summary>
    /// <param name="end">The end certificate.</param>
    /// <param name="intermediates">Untrusted certificates that may help.</param>
    /// <param name="anchors">What is trusted.</param>
    /// <param name="requirements">Time and usages.</param>
    /// <param name="crls">CRLs at hand; without one for an issuer, revocation is «cannot tell».</param>
    public static PathResult Validate(X509Certificate end, IEnumerable<X509Certificate> intermediates, IEnumerable<X509Certificate> anchors, PathRequirements requirements, IEnumerable<X509Crl>? crls = null)
    {
        try
        {
            return ValidateParsed(end, intermediates, anchors, requirements, crls);
        }
        catch (Exception e) when (Malformed.Is(e))
        {
            // The parser reads some parts of a certificate only when they are asked for.
            return new PathResult([], [Check.Of("certificate.chain", "证书链", "Certificate chain", passed: false, "A certificate is malformed.")]);
        }
    }

    private static PathResult ValidateParsed(X509Certificate end, IEnumerable<X509Certificate> intermediates, IEnumerable<X509Certificate> anchors, PathRequirements requirements, IEnumerable<X509Crl>? crls)
    {
        var trusted = anchors.ToList();
        var path = Find(end, [.. intermediates], trusted, []);
        if (path is null)
        {
            return new PathResult([], [new Check("certificate.chain", "证书链", "Certificate chain", Outcome.Failed, "No path to a trusted root.")]);
        }

        var checks = new List<Check> { new("certificate.chain", "证书链", "Certificate chain", Outcome.Passed, string.Join(" ← ", path.Select(c => c.SubjectDN.CommonName()))) };
        checks.Add(Validity(path, requirements.At));
        checks.Add(Authorities(path));
        checks.Add(Usage(end, requirements));
        checks.Add(CriticalExtensions(path));
        checks.Add(Revocation(path, requirements.At, [.. crls ?? []]));
        return new PathResult(path, checks);
    }

    /// <summary>True when <paramref name="issuer"/> signed <paramref name="certificate"/> and its name says so.</summary>
    public static bool IsIssuedBy(X509Certificate certificate, X509Certificate issuer) =>
        certificate.IssuerDN.Equivalent(issuer.SubjectDN, inOrder: true)
        && certificate.CertificateStructure.SignatureAlgorithm.Equals(certificate.TbsCertificate.Signature)
        && SuiteIdentifiers.OfSignature(certificate.CertificateStructure.SignatureAlgorithm.Algorithm) is { } suite
        && RememberedSignatures.Verify(issuer.SubjectPublicKeyInfo.GetDerEncoded(), suite, certificate.GetTbsCertificate(), certificate.GetSignature());

    private static List<X509Certificate>? Find(X509Certificate certificate, List<X509Certificate> intermediates, List<X509Certificate> anchors, List<X509Certificate> below)
    {
        var path = below.Append(certificate).ToList();
        if (anchors.Contains(certificate))
        {
            return path;
        }

        if (anchors.FirstOrDefault(a => IsIssuedBy(certificate, a)) is { } anchor)
        {
            return [.. path, anchor];
        }

        if (path.Count >= Longest)
        {
            return null;
        }

        return intermediates.Where(i => !path.Contains(i) && IsIssuedBy(certificate, i))
            .Select(i => Find(i, intermediates, anchors, path)).FirstOrDefault(found => found is not null);
    }

    private static Check Validity(List<X509Certificate> path, DateTimeOffset at)
    {
        var wrong = path.FirstOrDefault(c => at.UtcDateTime < c.NotBefore || at.UtcDateTime > c.NotAfter);
        return Check.Of("certificate.validity", "证书有效期", "Certificate validity", wrong is null,
            wrong is null ? null : $"{wrong.SubjectDN.CommonName()}: {wrong.NotBefore:u} – {wrong.NotAfter:u}");
    }

    private static Check Authorities(List<X509Certificate> path)
    {
        for (var i = 1; i < path.Count; i++)
        {
            var ca = path[i];
            var usage = ca.GetKeyUsage();
            var constraints = ca.GetBasicConstraints();
            if (ca.Version != 3 || constraints < 0 || (usage is not null && !usage[5]))
            {
                return Check.Of("certificate.authority", "签发机构", "Certificate authority", passed: false, $"{ca.SubjectDN.CommonName()} may not issue certificates.");
            }

            // Path length counts the intermediate CAs below, without the end certificate; self-issued ones do not count (RFC 5280 §4.2.1.9).
            var below = path.Take(i).Skip(1).Count(c => !c.SubjectDN.Equivalent(c.IssuerDN, inOrder: true));
            if (below > constraints)
            {
                return Check.Of("certificate.authority", "签发机构", "Certificate authority", passed: false, $"{ca.SubjectDN.CommonName()} allows {constraints} CAs below it.");
            }
        }

        return Check.Of("certificate.authority", "签发机构", "Certificate authority", passed: true);
    }

    private static Check Usage(X509Certificate end, PathRequirements requirements)
    {
        var extension = end.CertificateStructure.TbsCertificate.Extensions?.GetExtension(X509Extensions.KeyUsage);
        var bits = extension is null ? 0 : KeyUsage.GetInstance(extension.GetParsedValue()).IntValue;
        var purposes = end.GetExtendedKeyUsage();
        var passed = (bits & requirements.KeyUsages) != 0
            && (requirements.ExtendedKeyUsage is null || (purposes?.Contains(requirements.ExtendedKeyUsage) ?? false));
        return Check.Of("certificate.keyUsage", "证书用途", "Key usage", passed);
    }

    private static Check CriticalExtensions(List<X509Certificate> path)
    {
        var unknown = path.SelectMany(c => c.GetCriticalExtensionOids() ?? (IEnumerable<string>)[]).FirstOrDefault(oid => !Processed.Contains(oid));
        return Check.Of("certificate.criticalExtension", "关键扩展项", "Critical extensions", unknown is null, unknown);
    }

    private static Check Revocation(List<X509Certificate> path, DateTimeOffset at, List<X509Crl> crls)
    {
        var unknown = new List<string>();
        for (var i = 0; i + 1 < path.Count; i++)
        {
            var (certificate, issuer) = (path[i], path[i + 1]);
            var crl = crls.Where(c => c.IssuerDN.Equivalent(issuer.SubjectDN, inOrder: true) && IsSignedBy(c, issuer)).MaxBy(c => c.ThisUpdate);
            if (crl is null)
            {
                unknown.Add(certificate.SubjectDN.CommonName());
                continue;
            }

            if (crl.GetRevokedCertificate(certificate.SerialNumber) is { } entry && entry.RevocationDate <= at.UtcDateTime)
            {
                return Check.Of("certificate.revocation", "证书吊销状态", "Revocation", passed: false, $"{certificate.SubjectDN.CommonName()} was revoked at {entry.RevocationDate:u}.");
            }
        }

        return unknown.Count == 0
            ? Check.Of("certificate.revocation", "证书吊销状态", "Revocation", passed: true)
            : new Check("certificate.revocation", "证书吊销状态", "Revocation", Outcome.CannotTell, "No revocation list for " + string.Join(", ", unknown) + ".");
    }

    /// <summary>True when <paramref name="issuer"/> signed the CRL and its name says so.</summary>
    public static bool IsIssuedBy(X509Crl crl, X509Certificate issuer) => crl.IssuerDN.Equivalent(issuer.SubjectDN, inOrder: true) && IsSignedBy(crl, issuer);

    private static bool IsSignedBy(X509Crl crl, X509Certificate issuer) =>
        crl.CertificateList.SignatureAlgorithm.Equals(crl.CertificateList.TbsCertList.Signature)
        && SuiteIdentifiers.OfSignature(crl.CertificateList.SignatureAlgorithm.Algorithm) is { } suite
        && RememberedSignatures.Verify(issuer.SubjectPublicKeyInfo.GetDerEncoded(), suite, crl.GetTbsCertList(), crl.GetSignature());
}
