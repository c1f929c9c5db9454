using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Claims;
using System.Text.Json;

namespace Yinxin.ServiceDefaults.Endings;

/// <summary>
/// What ended while its tokens still live. Each API asks it for every token that was made for a person; the follower fills it. An entry is
/// forgotten when no token can be alive that names it, so memory is bounded by the endings of <see cref="Kept"/>.
/// </summary>
public sealed class EndedTokens(TimeProvider time)
{
    /// <summary>Twice the life of an access token: longer than any token that was made before the ending.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    /// <summary>A token made by another node in the moment of the freeze must not slip through for the sake of two clocks.</summary>
    private static readonly TimeSpan ClockDifference = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(string Kind, Guid Id), Ending> endings = new();

    /// <summary>How many are kept, for the metric and the tests.</summary>
    public int Count => endings.Count;

    /// <summary>Takes over what the feed says.</summary>
    public void Add(IEnumerable<Ending> items)
    {
        foreach (var item in items)
        {
            endings.AddOrUpdate((item.Kind, item.Id), item, (_, known) => (item.Version ?? int.MaxValue) > (known.Version ?? int.MaxValue) ? item : known with { At = Later(known.At, item.At) });
        }
    }

    /// <summary>Forgets what no living token can name.</summary>
    public void Forget()
    {
        var before = time.GetUtcNow() - Kept;
        foreach (var old in endings.Where(e => e.Value.At < before))
        {
            endings.TryRemove(old);
        }
    }

    /// <summary>Whether the token's session, family, mandate or account has ended, or its mandate has run out. A service's token has none of them.</summary>
    /// <param name="claims">The claims of a verified access token or ID token.</param>
    public bool Contains(IEnumerable<Claim> claims)
    {
        string? session = null, grant = null, subject = null, acting = null, authenticated = null;
        foreach (var claim in claims)
        {
            switch (claim.Type)
            {
                case "sid": session = claim.Value; break;
                case "gid": grant = claim.Value; break;
                case "sub": subject = claim.Value; break;
                case "act_for": acting = claim.Value; break;
                case "auth_time": authenticated = claim.Value; break;
            }
        }

        return session is not null && (Has(EndedKinds.Session, session) || Has(EndedKinds.Grant, grant) || AccountEnded(subject, authenticated) || MandateEnded(acting));
    }

    private bool Has(string kind, string? id) => Guid.TryParse(id, out var key) && endings.ContainsKey((kind, key));

    /// <summary>A sign-in after the account was opened again is another matter.</summary>
    private bool AccountEnded(string? subject, string? authenticated) =>
        Guid.TryParse(subject, out var key) && endings.TryGetValue((EndedKinds.Account, key), out var ending) &&
        (!long.TryParse(authenticated, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ||
            DateTimeOffset.FromUnixTimeSeconds(seconds) <= ending.At + ClockDifference);

    private bool MandateEnded(string? acting)
    {
        if (acting is null)
        {
            return false;
        }

        using var document = JsonDocument.Parse(acting);
        if (!document.RootElement.TryGetProperty("mandate", out var mandate))
        {
            return false;
        }

        // Exactly at the end, although the token's own life is judged with some tolerance.
        if (mandate.GetProperty("valid_until").GetInt64() <= time.GetUtcNow().ToUnixTimeSeconds())
        {
            return true;
        }

        return endings.TryGetValue((EndedKinds.Mandate, mandate.GetProperty("id").GetGuid()), out var ending) &&
            (ending.Version is not { } version || mandate.GetProperty("version").GetInt32() < version);
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
