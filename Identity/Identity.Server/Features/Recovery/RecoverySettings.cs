using System.ComponentModel.DataAnnotations;

namespace Yinxin.Identity.Server.Features.Recovery;

/// <summary>Section <c>Recovery</c>.</summary>
internal sealed class RecoverySettings
{
    public const string Section = "Recovery";

    /// <summary>Hours that a recovery waits when the account's own phone was proved but none of the stronger factors that it has.</summary>
    [Range(1, 720)]
    public int WaitHours { get; set; } = 24;

    /// <summary>Hours when the phone or the second factor is replaced.</summary>
    [Range(1, 720)]
    public int LongWaitHours { get; set; } = 72;

    /// <summary>Hours within which the ticket of a counter is used.</summary>
    [Range(1, 720)]
    public int TicketHours { get; set; } = 24;
}
