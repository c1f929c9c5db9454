using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Claims;
using System.Text.Json;

namespace Yinxin.ServiceDefaults.Endings;

/// <summary>
/// What ended while its tokens still live. Each API asks it for every token that was made for a person; the follower fills it. An entry is
/// forgotten when no token can be alive that names it, so memory is bounded by the endings of <see cref="Kept"/>; keys that were withdrawn, a few in a year, stay.
/// </summary>
public sealed class EndedTokens(TimeProvider time)
{
    /// <summary>Twice the life of an access token: longer than any token that was made before the ending.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    /// <summary>A token made by another node in the moment of the freeze must not slip through for the sake of two clocks.</summary>
    private static readonly TimeSpan ClockDifference = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long an API goes on taking a token that is only of before, so that apps have another one by then and nobody sees a refusal: they ask the feed as often (a second), and spread
    /// their renewals over one more. With it, and a second until the feed is asked here, the promise of five seconds holds.
    /// </summary>
    public static readonly TimeSpan AppsFirst = TimeSpan.FromMilliseconds(2500);

    private readonly ConcurrentDictionary<(string Kind, Guid Id), Heard> endings = new();

    /// <summary>For as long as the app runs: who has such a key makes tokens that live as long as they like.</summary>
    private readonly ConcurrentDictionary<string, DateTimeOffset> withdrawn = new(StringComparer.Ordinal);

    /// <summary>How many are kept, for the metric and the tests.</summary>
    public int Count => endings.Count;

    /// <summary>How many keys of tokens were taken out of use since the app runs, so that one who keeps a set of them sees that there is another.</summary>
    internal int WithdrawnKeys => withdrawn.Count;

    /// <summary>Takes over what the feed says.</summary>
    public void Add(IEnumerable<Ending> items)
    {
        var now = time.GetTimestamp();
        foreach (var item in items)
        {
            if (item is { Kind: EndedKinds.Key, Key: { } name })
            {
                withdrawn.TryAdd(name, item.At);
                continue;
            }

            endings.AddOrUpdate((item.Kind, item.Id), new Heard(item, now), (_, known) => known.With(item, now, heard => time.GetElapsedTime(heard.At, now) >= AppsFirst));
        }
    }

    /// <summary>Forgets what no living token can name.</summary>
    public void Forget()
    {
        var before = time.GetUtcNow() - Kept;
        foreach (var old in endings.Where(e => e.Value.Ending.At < before))
        {
            endings.TryRemove(old);
        }
    }

    /// <summary>Whether a key of tokens was taken out of use: nothing that it signed is taken.</summary>
    /// <param name="keyId">Its <c>kid</c>.</param>
    public bool IsWithdrawn(string? keyId) => keyId is { Length: > 0 } && withdrawn.ContainsKey(keyId);

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

    /// <summary>
    /// Whether the token says more than what is true since: a level fell, particulars changed, or another policy judges. Nothing has ended: whoever has a refresh token gets a token
    /// that says what is true now. By the numbers of <see cref="LevelBasis"/>; a token without them (of a release before, while its nodes still run) by the moment it was made.
    /// </summary>
    /// <param name="claims">The claims of a verified access token.</param>
    /// <param name="knownFor">How long that must have been known here; <see cref="AppsFirst"/> at an API.</param>
    public bool IsOutdated(IEnumerable<Claim> claims, TimeSpan knownFor = default)
    {
        string? session = null, subject = null, basis = null, issued = null;
        foreach (var claim in claims)
        {
            switch (claim.Type)
            {
                case "sid": session = claim.Value; break;
                case "sub": subject = claim.Value; break;
                case LevelBasis.ClaimType: basis = claim.Value; break;
                case "iat": issued = claim.Value; break;
            }
        }

        if (session is null)
        {
            return false;
        }

        var made = LevelBasis.Parse(basis);
        return IsOf(EndedKinds.Policy, Guid.Empty, made?.Policy, issued, knownFor) ||
            (Guid.TryParse(subject, out var person) && IsOf(EndedKinds.Level, person, made?.Person, issued, knownFor)) ||
            (made?.OrganisationId is { } organisation && IsOf(EndedKinds.Level, organisation, made.Organisation, issued, knownFor));
    }

    /// <summary>Whether a token with this number was made before the change, or before one that was heard of earlier.</summary>
    private bool IsOf(string kind, Guid id, int? number, string? issued, TimeSpan knownFor)
    {
        _ = endings.TryGetValue((kind, id), out var heard);
        for (; heard is not null; heard = heard.Former)
        {
            if (time.GetElapsedTime(heard.At) >= knownFor && (number is { } place ? place < (heard.Ending.Version ?? int.MaxValue) : IsNotAfter(issued, heard.Ending)))
            {
                return true;
            }
        }

        return false;
    }

    private bool Has(string kind, string? id) => Guid.TryParse(id, out var key) && endings.ContainsKey((kind, key));

    /// <summary>A sign-in after the account was opened again is another matter.</summary>
    private bool AccountEnded(string? subject, string? authenticated) =>
        Guid.TryParse(subject, out var key) && endings.TryGetValue((EndedKinds.Account, key), out var heard) && IsNotAfter(authenticated, heard.Ending);

    /// <param name="moment">Seconds since 1970; what cannot be read is older than everything.</param>
    /// <param name="ending">What ended.</param>
    private static bool IsNotAfter(string? moment, Ending ending) =>
        !long.TryParse(moment, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || DateTimeOffset.FromUnixTimeSeconds(seconds) <= ending.At + ClockDifference;

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

        return endings.TryGetValue((EndedKinds.Mandate, mandate.GetProperty("id").GetGuid()), out var heard) &&
            (heard.Ending.Version is not { } version || mandate.GetProperty("version").GetInt32() < version);
    }

    /// <param name="Ending">What ended.</param>
    /// <param name="At">When it was first heard of here, by the clock that nobody sets: a step back of the other one would prolong what is taken meanwhile.</param>
    /// <param name="Former">The policy, or the level, before, which gives no more time to the tokens that were of before already.</param>
    private sealed record Heard(Ending Ending, long At, Heard? Former = null)
    {
        /// <summary>
        /// The higher version counts, and none counts for good. Another policy, or a level that falls again, gives the apps their time anew: those that have just renewed their tokens need it as
        /// much as the first time. Of those before only as many are kept as still differ: once one is over for the apps, it says of the earlier tokens all that they said.
        /// </summary>
        public Heard With(Ending item, long now, Func<Heard, bool> isOver) => (item.Version ?? int.MaxValue) <= (Ending.Version ?? int.MaxValue)
            ? this with { Ending = Ending with { At = Later(Ending.At, item.At) } }
            : item.Kind is EndedKinds.Policy or EndedKinds.Level ? new Heard(item, now, isOver(this) ? this with { Former = null } : this) : this with { Ending = item };

        private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
    }
}
