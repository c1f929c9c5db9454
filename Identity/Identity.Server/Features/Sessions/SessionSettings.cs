using System.ComponentModel.DataAnnotations;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Sessions;

/// <summary>Section <c>Sessions</c>: how long a session lives unused, and at most (domain/analytics-security S-AU2).</summary>
internal sealed class SessionSettings
{
    public const string Section = "Sessions";

    /// <summary>How long an app may be in use without our seeing it: the life of an access token, for only then does it ask for another.</summary>
    public static readonly TimeSpan Unseen = TimeSpan.FromMinutes(5);

    /// <summary>Minutes without a request here, or a renewal of tokens by an app, after which an official's session is dead. An app in use renews its tokens every five minutes, hence the least.</summary>
    [Range(7, 1440)]
    public int StaffIdleMinutes { get; set; } = 15;

    /// <summary>The same of everybody else.</summary>
    [Range(7, 1440)]
    public int PublicIdleMinutes { get; set; } = 30;

    /// <summary>Hours after which an official signs in anew, however busy.</summary>
    [Range(1, 24)]
    public int StaffHours { get; set; } = 8;

    /// <summary>The same of everybody else.</summary>
    [Range(1, 24)]
    public int PublicHours { get; set; } = 12;

    public TimeSpan Idle(AccountKind kind) => TimeSpan.FromMinutes(kind == AccountKind.Staff ? StaffIdleMinutes : PublicIdleMinutes);

    public TimeSpan Life(AccountKind kind) => TimeSpan.FromHours(kind == AccountKind.Staff ? StaffHours : PublicHours);
}
