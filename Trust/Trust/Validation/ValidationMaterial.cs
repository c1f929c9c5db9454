using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Certificates.Paths.Revocation;
using Yinxin.Trust.Validation.Evidence;

namespace Yinxin.Trust.Validation;

/// <summary>What the verifier has of its own, beside the signature.</summary>
public sealed record ValidationMaterial
{
    /// <summary>Read once for each bundle.</summary>
    private static readonly ConditionalWeakTable<TrustBundle, ValidationMaterial> Bundles = [];

    /// <summary>What is trusted.</summary>
    public IReadOnlyList<TrustedAnchor> Anchors { get; init; } = [];

    /// <summary>Untrusted certificates that may help.</summary>
    public IReadOnlyList<PathCertificate> Certificates { get; init; } = [];

    /// <summary>Revocation data at hand.</summary>
    public IReadOnlyList<RevocationEvidence> Revocation { get; init; } = [];

    /// <summary>Signature policies by OID: a validation policy in JSON each.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> SignaturePolicies { get; init; } = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);

    /// <summary>Proofs that the caller vouches for. An evidence record belongs to the signature, where the engine validates it.</summary>
    public IReadOnlyList<ProofOfExistence> Proofs { get; init; } = [];

    /// <summary>A trust bundle as material; anchors that name no times count for always.</summary>
    /// <exception cref="CryptographicException">A certificate or list in it is malformed.</exception>
    public static ValidationMaterial Of(TrustBundle bundle) => Bundles.GetValue(bundle, static b => Read(b));

    /// <summary>Anchors for one purpose, trusted always, and CRLs at hand; what is malformed among the CRLs says nothing and is left out.</summary>
    /// <exception cref="CryptographicException">An anchor is malformed.</exception>
    public static ValidationMaterial Of(string purpose, IEnumerable<X509Certificate> anchors, IEnumerable<X509Crl> crls) => new()
    {
        Anchors = [.. anchors.Select(a => new TrustedAnchor(purpose, PathCertificate.Of(a), []))],
        Revocation = [.. crls.Select(List).OfType<RevocationList>().Select(l => new CrlEvidence(l))],
    };

    private static RevocationList? List(X509Crl crl)
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

    private static ValidationMaterial Read(TrustBundle bundle) => new()
    {
        Anchors = [.. bundle.Anchors.Select(a => new TrustedAnchor(a.Purpose, PathCertificate.Read(Convert.FromBase64String(a.Certificate)), [.. (a.Periods ?? []).Select(p => new TrustPeriod(p.From, p.Until))]))],
        Certificates = [.. bundle.IntermediateCertificates.Select(PathCertificate.Of)],
        Revocation = [.. bundle.CertificateCrls.Select(c => new CrlEvidence(RevocationList.Of(c)))],
    };
}
