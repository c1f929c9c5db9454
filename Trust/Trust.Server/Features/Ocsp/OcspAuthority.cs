using System.Collections.Concurrent;
using System.Collections.Frozen;
using Yinxin.Trust.Ocsp;
using Yinxin.Trust.Server.Features.Authorities;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Server.Features.Ocsp;

/// <summary>What one CA's responder keeps in memory.</summary>
internal sealed class OcspAuthority(Authority authority, int most)
{
    private static readonly HashFunction[] Hashes = [HashFunction.Sha1, HashFunction.Sha256, HashFunction.Sha384, HashFunction.Sha512, HashFunction.Sm3];
    private readonly FrozenDictionary<HashFunction, CertificateId> names = Hashes.ToFrozenDictionary(h => h, h => CertificateId.Of(authority.Certificate.SerialNumber, authority.Certificate, h));
    private readonly ConcurrentDictionary<string, CertificateState> states = new(StringComparer.Ordinal);
    private int generation;

    public Authority Authority => authority;

    /// <summary>Grows with each change of a status; what was read before is not kept after.</summary>
    public int Generation => Volatile.Read(ref generation);

    /// <summary>Whether the id names this CA as the issuer.</summary>
    public bool IsIssuerOf(CertificateId id) => names.TryGetValue(id.Hash, out var own)
        && own.IssuerKeyHash.Span.SequenceEqual(id.IssuerKeyHash.Span) && own.IssuerNameHash.Span.SequenceEqual(id.IssuerNameHash.Span);

    public CertificateState? Find(string serial) => states.GetValueOrDefault(serial);

    public void Keep(string serial, CertificateState state, int read)
    {
        if (states.Count >= most)
        {
            // Simpler than ages; what is asked for comes back at once.
            states.Clear();
        }

        states[serial] = state;
        if (read != Generation)
        {
            states.TryRemove(serial, out _);
        }
    }

    /// <summary>Drops what is said of these certificates; of all when none is named.</summary>
    public void Forget(IReadOnlyCollection<string>? serials)
    {
        Interlocked.Increment(ref generation);
        if (serials is null)
        {
            states.Clear();
            return;
        }

        foreach (var serial in serials)
        {
            states.TryRemove(serial, out _);
        }
    }
}
