using System.Text.Json.Serialization;

namespace Yinxin.ServiceDefaults.Endings;

/// <summary>What can end before its tokens do; spelled as the feed spells it.</summary>
public static class EndedKinds
{
    /// <summary>One sign-in of one browser: claim <c>sid</c>.</summary>
    public const string Session = "session";

    /// <summary>A family of tokens: claim <c>gid</c>.</summary>
    public const string Grant = "grant";

    /// <summary>A mandate of an agent, ended or suspended: claim <c>act_for.mandate.id</c>.</summary>
    public const string Mandate = "mandate";

    /// <summary>An account, closed or frozen: claim <c>sub</c>.</summary>
    public const string Account = "account";

    /// <summary>
    /// The level of a person or an organisation that fell, or something else that tokens say of them and that was taken back: claim <c>acr_basis</c>. Nothing has ended; the token is
    /// refused as one that ran out, and the next one says what is true.
    /// </summary>
    public const string Level = "level";

    /// <summary>An assurance policy that took the place of another: claim <c>acr_basis</c>, with the same effect as <see cref="Level"/> on every token of before. One entry, however many accounts it lowers.</summary>
    public const string Policy = "policy";

    /// <summary>A key of tokens that a security administrator took out of use because somebody else may have it: whatever it signed is refused. <see cref="Ending.Key"/> names it as tokens do.</summary>
    public const string Key = "key";
}

/// <summary>One thing that ended.</summary>
/// <param name="Kind">One of <see cref="EndedKinds"/>.</param>
/// <param name="Id">Its key.</param>
/// <param name="At">When, by Identity's clock.</param>
/// <param name="Version">
/// Of a mandate: tokens with a lower version are dead, those made after it was resumed are not. Of a level: the place of the evidence that lowered it; of a policy: its version; tokens with a
/// lower number in <see cref="LevelBasis"/> are of before. Null: for good.
/// </param>
/// <param name="Key">Of a key: its <c>kid</c>.</param>
public sealed record Ending(
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("at")] DateTimeOffset At,
    [property: JsonPropertyName("version")] int? Version = null,
    [property: JsonPropertyName("key"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Key = null);

/// <summary>A part of the feed.</summary>
/// <param name="Items">Oldest first. An item may come again: the newest seconds are always sent anew, so that none is missed whose transaction was slow.</param>
/// <param name="Next">Cursor for the next question.</param>
/// <param name="More">Whether there is more at once.</param>
public sealed record EndingsPage(
    [property: JsonPropertyName("items")] IReadOnlyList<Ending> Items,
    [property: JsonPropertyName("next")] string Next,
    [property: JsonPropertyName("more")] bool More);

/// <summary>Where the endings are read from: over HTTP, and in Identity itself from its own table.</summary>
public interface IEndingsSource
{
    /// <summary>Whether this app can ask at all: over HTTP it needs a client of its own.</summary>
    bool IsAvailable { get; }

    /// <summary>What ended since the cursor; null when nothing has changed since the last question.</summary>
    /// <param name="cursor">From the page before; null for everything that still counts.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<EndingsPage?> ReadAsync(string? cursor, CancellationToken cancellationToken);
}
