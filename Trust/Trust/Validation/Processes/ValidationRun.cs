using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Validation.Evidence;
using Yinxin.Trust.Validation.Policies;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Validation.Processes;

/// <summary>What one validation works with, and what it writes down as it goes.</summary>
internal sealed class ValidationRun
{
    private readonly List<BlockResult> blocks = [];
    private readonly Dictionary<(PathCertificate Certificate, PathCertificate Issuer, PathCertificate Anchor), IReadOnlyList<RevocationFinding>> findings = [];
    private readonly Dictionary<string, PathCertificate> used = new(StringComparer.Ordinal);

    public ValidationRun(ValidationMaterial material, ValidationPolicy policy, DateTimeOffset now)
    {
        Material = material;
        Policy = policy;
        Now = now;
        Proofs = new ProofsOfExistence(now);
        foreach (var proof in material.Proofs)
        {
            Proofs.Add(proof);
        }

        Certificates = [.. material.Certificates];
        Revocation = [.. material.Revocation];
    }

    public ValidationMaterial Material { get; }

    public ValidationPolicy Policy { get; set; }

    public DateTimeOffset Now { get; }

    public ProofsOfExistence Proofs { get; }

    /// <summary>Untrusted certificates from everywhere.</summary>
    public List<PathCertificate> Certificates { get; }

    /// <summary>Revocation data from everywhere.</summary>
    public List<RevocationEvidence> Revocation { get; }

    public IReadOnlyList<BlockResult> Blocks => blocks;

    /// <summary>Certificates of the chains that were looked at.</summary>
    public IReadOnlyCollection<PathCertificate> Used => used.Values;

    /// <summary>What the revocation data at hand says of a certificate; asked once in a validation, however many timestamps have the same authority.</summary>
    public IReadOnlyList<RevocationFinding> Findings(PathCertificate certificate, PathCertificate issuer, PathCertificate anchor)
    {
        if (!findings.TryGetValue((certificate, issuer, anchor), out var known))
        {
            findings[(certificate, issuer, anchor)] = known = RevocationLookup.Find(certificate, issuer, anchor, Certificates, Revocation);
        }

        return known;
    }

    public BlockResult Record(BlockResult block)
    {
        blocks.Add(block);
        return block;
    }

    public void Use(IEnumerable<PathCertificate> path)
    {
        foreach (var certificate in path)
        {
            used.TryAdd(EvidenceKey.Of(certificate.Encoded.Span).Sha256, certificate);
        }
    }

    /// <summary>Takes in what came with a signature and its timestamps; each thing once.</summary>
    public void Adopt(SignatureUnderValidation signature)
    {
        foreach (var certificate in signature.Certificates.Where(c => !Certificates.Any(c.IsSame)))
        {
            Certificates.Add(certificate);
        }

        foreach (var evidence in signature.Revocation.Where(e => !Revocation.Exists(r => r.Key == e.Key && r.GetType() == e.GetType() && e is not OcspEvidence)))
        {
            Revocation.Add(evidence);
        }

        foreach (var timestamp in signature.Timestamps.Concat(signature.EvidenceRecords.SelectMany(r => r.Timestamps).Select(t => t.Timestamp)))
        {
            Adopt(timestamp.Signature);
        }
    }
}
