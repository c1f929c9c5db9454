using System.ComponentModel.DataAnnotations;

namespace Yinxin.Identity.Server.Features.Disputes;

/// <summary>Terms of the dispute path.</summary>
internal sealed class DisputeSettings
{
    public const string Section = "Disputes";

    /// <summary>Days within which the holder may answer; before they have passed, or the answer came, the account is not handed over.</summary>
    [Range(1, 60)]
    public int AnswerDays { get; set; } = 7;

    /// <summary>Days for which the slip of a registration is kept.</summary>
    [Range(1, 365)]
    public int SlipDays { get; set; } = 30;

    /// <summary>Days within which the rightful holder opens the account with the code of the receipt; later a counter gives a new ticket.</summary>
    [Range(1, 365)]
    public int TicketDays { get; set; } = 30;
}
