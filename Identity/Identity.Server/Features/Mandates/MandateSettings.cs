using System.ComponentModel.DataAnnotations;

namespace Yinxin.Identity.Server.Features.Mandates;

/// <summary>Bounds of mandates. Section <c>Mandates</c>.</summary>
internal sealed class MandateSettings
{
    public const string Section = "Mandates";

    /// <summary>The longest time for which one may be given.</summary>
    [Range(1, 10)]
    public int MaximumYears { get; set; } = 3;

    /// <summary>How long an invitation waits.</summary>
    [Range(1, 365)]
    public int InvitationDays { get; set; } = 30;

    /// <summary>Invitations that one person may send in an hour.</summary>
    [Range(1, 10_000)]
    public int InvitationsPerHour { get; set; } = 50;

    /// <summary>Text messages about invitations that one person gets in a day, whoever sends them; further ones stand on the person's page alone.</summary>
    [Range(0, 100)]
    public int InvitationTextsPerDay { get; set; } = 3;
}
