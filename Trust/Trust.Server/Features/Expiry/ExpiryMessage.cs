using System.Globalization;
using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Server.Features.Expiry;

/// <summary>What the receiver is told. No subjects: whoever may know them asks by authority and serial.</summary>
/// <param name="Id">The same for every attempt.</param>
/// <param name="Type"><c>certificate.expiring</c>.</param>
/// <param name="CreatedAt">When the notices were made.</param>
/// <param name="Notices">At most as many as one step makes.</param>
internal sealed record ExpiryMessage(string Id, string Type, DateTimeOffset CreatedAt, IReadOnlyList<ExpiryMessage.Notice> Notices)
{
    public const string MessageKind = "trust.expiry";

    /// <param name="made">With their numbers.</param>
    /// <param name="now">The time.</param>
    public static ExpiryMessage Of(IReadOnlyList<ExpiryNotice> made, DateTimeOffset now) => new(
        string.Create(CultureInfo.InvariantCulture, $"expiry-{made[0].Number}"), "certificate.expiring", now,
        [.. made.Select(n => new Notice(n.Number, n.Authority, n.Serial, n.Profile, n.NotAfter, n.Days, n.Own))]);

    /// <param name="Id">As in <c>/api/expiry-notices</c>.</param>
    /// <param name="Authority">The CA that issued the certificate.</param>
    /// <param name="Serial">Hex, lower case.</param>
    /// <param name="Profile">By which it was made.</param>
    /// <param name="NotAfter">When it ends.</param>
    /// <param name="Days">The threshold that it is inside of.</param>
    /// <param name="Own">Which of the platform's own authorities it belongs to; null for others'.</param>
    internal sealed record Notice(long Id, string Authority, string Serial, string Profile, DateTimeOffset NotAfter, int Days, string? Own);
}
