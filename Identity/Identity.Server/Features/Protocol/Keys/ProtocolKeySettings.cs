using System.ComponentModel.DataAnnotations;

namespace Yinxin.Identity.Server.Features.Protocol.Keys;

/// <summary>How long the keys of tokens are used. Section <c>ProtocolKeys</c>.</summary>
internal sealed class ProtocolKeySettings
{
    public const string Section = "ProtocolKeys";

    /// <summary>Days for which a key signs.</summary>
    [Range(14, 3650)]
    public int LifeDays { get; set; } = 90;

    /// <summary>Days for which a key is published before it signs. Clients fetch the keys twice a day unless told otherwise, and others once a day; the rest is for outages on either side.</summary>
    [Range(2, 13)]
    public int AnnouncedDays { get; set; } = 7;

    /// <summary>
    /// Days for which a key is published, and its tokens are taken, after it has signed the last one: a refresh token lives 12 hours, and an ID token is shown as a hint as long as its session lasts,
    /// a day at most.
    /// </summary>
    [Range(2, 90)]
    public int KeptDays { get; set; } = 2;

    public TimeSpan Life => TimeSpan.FromDays(LifeDays);

    public TimeSpan Announced => TimeSpan.FromDays(AnnouncedDays);

    public TimeSpan Kept => TimeSpan.FromDays(KeptDays);
}
