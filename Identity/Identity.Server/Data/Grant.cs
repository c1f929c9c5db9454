namespace Yinxin.Identity.Server.Data;

/// <summary>
/// What one redeemed authorization code gave to one client: the whole family of its tokens in one row. The row appears when the
/// code is redeemed, and its key is the code's own identifier, so a second redemption meets the primary key.
/// A refresh is one conditional update of <see cref="Generation"/>; a replay ends the row, and with it the family.
/// </summary>
internal sealed class Grant
{
    public Guid Id { get; set; }

    public Guid SessionId { get; set; }

    public Session? Session { get; set; }

    public required string ClientId { get; set; }

    /// <summary>The organisation whose mandate these tokens carry; a later switch never changes them.</summary>
    public Guid? ActingForId { get; set; }

    /// <summary>The agent's mandate they were made under; null for the person's own and for a legal representative's.</summary>
    public Guid? MandateId { get; set; }

    /// <summary>Number of the only refresh token that may still be spent.</summary>
    public int Generation { get; set; }

    public DateTimeOffset RedeemedAt { get; set; }

    public DateTimeOffset RefreshedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public string? EndReason { get; set; }
}
