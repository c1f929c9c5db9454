using System.ComponentModel.DataAnnotations;

namespace Yinxin.Trust.Server.Features.Revocation;

/// <summary>CRLs. Section <c>Trust:Revocation</c>.</summary>
internal sealed class RevocationSettings
{
    public const string Section = "Trust:Revocation";

    /// <summary>How long a list may be used: it names this time as its next update.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "10.00:00:00")]
    public TimeSpan ListLife { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How often a list is made anew although nothing changed; a revocation makes one at once.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "5.00:00:00")]
    public TimeSpan ListInterval { get; set; } = TimeSpan.FromHours(6);

    /// <summary>A delta list names what changed since a full list at least this old.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "30.00:00:00")]
    public TimeSpan DeltaReach { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long a list stays stored after its next update, for questions about the past.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan Kept { get; set; } = TimeSpan.FromDays(35);

    /// <summary>How often this node looks whether another one changed a status, and whether a list is due.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan Watch { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Parts into which the certificates issued from now on are divided, each with a CRL of its own; 1 divides nothing.</summary>
    [Range(1, 1000)]
    public int Partitions { get; set; } = 1;
}
