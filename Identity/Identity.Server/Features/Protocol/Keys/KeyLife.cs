using System.Security.Cryptography;
using System.Text;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Protocol.Keys;

/// <summary>Where a key stands in its life.</summary>
internal enum ProtocolKeyState
{
    /// <summary>Published, not used yet.</summary>
    Announced,

    /// <summary>Used for everything new.</summary>
    InUse,

    /// <summary>What it signed is still taken.</summary>
    Kept,

    /// <summary>Nothing that it signed can be alive; records of mandates apart, which it verifies for good.</summary>
    Past,

    /// <summary>Taken out of use at once.</summary>
    Withdrawn,
}

/// <summary>The rules of a key's life, over rows and clock: every node finds the same.</summary>
internal static class KeyLife
{
    /// <summary>The key that signs, or encrypts, now: the youngest that has become active. Should there be none by this node's clock, the one that becomes so next.</summary>
    public static ProtocolKey? InUse(IEnumerable<ProtocolKey> keys, string algorithm, DateTimeOffset now)
    {
        ProtocolKey? active = null;
        ProtocolKey? next = null;
        foreach (var key in keys)
        {
            if (key.Algorithm != algorithm || key.WithdrawnAt is not null || key.RetiredAt <= now)
            {
                continue;
            }

            if (key.ActiveFrom > now)
            {
                next = next is null || key.ActiveFrom < next.ActiveFrom ? key : next;
            }
            else if (active is null || key.ActiveFrom > active.ActiveFrom || (key.ActiveFrom == active.ActiveFrom && key.CreatedAt > active.CreatedAt))
            {
                active = key;
            }
        }

        return active ?? next;
    }

    /// <summary>Whether it is published and what it signed is taken.</summary>
    public static bool IsTrusted(ProtocolKey key, TimeSpan kept, DateTimeOffset now) => key.WithdrawnAt is null && (key.RetiredAt is not { } end || now < end + kept);

    /// <param name="key">Which.</param>
    /// <param name="inUse">The one of its algorithm that is in use.</param>
    /// <param name="kept">How long it is kept after its use.</param>
    /// <param name="now">The time.</param>
    public static ProtocolKeyState StateOf(ProtocolKey key, ProtocolKey? inUse, TimeSpan kept, DateTimeOffset now) =>
        key.WithdrawnAt is not null ? ProtocolKeyState.Withdrawn
        : key.Id == inUse?.Id ? ProtocolKeyState.InUse
        : !IsTrusted(key, kept, now) ? ProtocolKeyState.Past
        : key.ActiveFrom > now ? ProtocolKeyState.Announced : ProtocolKeyState.Kept;

    /// <summary>The key of the next one: that of the last in the line decides it, so that of two nodes that make it at once one meets the other's at the primary key.</summary>
    public static Guid NextId(IReadOnlyCollection<ProtocolKey> keys, string algorithm)
    {
        var taken = keys.Select(k => k.Id).ToHashSet();
        var last = keys.Where(k => k.Algorithm == algorithm && !taken.Contains(After(k.Id.ToString()))).MaxBy(k => k.CreatedAt);
        return After(last?.Id.ToString() ?? algorithm);
    }

    private static Guid After(string former) => new(SHA256.HashData(Encoding.UTF8.GetBytes("yinxin.protocol-key:" + former)).AsSpan(0, 16));
}
