using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Validation.Evidence;

/// <summary>Since when objects are proven to exist (ETSI EN 319 102-1 §5.6.2.3). Whatever is at hand exists now at the latest.</summary>
/// <param name="now">Validation time.</param>
public sealed class ProofsOfExistence(DateTimeOffset now)
{
    private readonly Dictionary<EvidenceKey, ProofOfExistence> proofs = [];

    /// <summary>Every proof, earliest first.</summary>
    public IReadOnlyList<ProofOfExistence> All => [.. proofs.Values.OrderBy(p => p.Time)];

    /// <summary>The earliest time at which an object is proven to have existed.</summary>
    public DateTimeOffset Earliest(EvidenceKey key) => proofs.TryGetValue(key, out var proof) && proof.Time < now ? proof.Time : now;

    /// <summary>Adds a proof; the earliest one of an object counts.</summary>
    public void Add(ProofOfExistence proof)
    {
        if (!proofs.TryGetValue(proof.Key, out var known) || proof.Time < known.Time)
        {
            proofs[proof.Key] = proof;
        }
    }
}

/// <summary>One proof.</summary>
/// <param name="Key">What existed.</param>
/// <param name="Time">Since when at the latest.</param>
/// <param name="Source">Id of the timestamp or record that proves it.</param>
public sealed record ProofOfExistence(EvidenceKey Key, DateTimeOffset Time, string Source);
