using System.ComponentModel.DataAnnotations;

namespace Yinxin.Identity.Server.Features.FailureAudit;

/// <summary>Section <c>FailureAudit</c>: how failed sign-ins are folded into the audit.</summary>
internal sealed class FailureAuditSettings
{
    public const string Section = "FailureAudit";

    /// <summary>Length of a span; all failures of one account within it are one record.</summary>
    [Range(1, 60)]
    public int Minutes { get; set; } = 5;

    /// <summary>A person's failures within a span before they are a record of their own; an official's always are.</summary>
    [Range(1, 1000)]
    public int FailuresOfPerson { get; set; } = 3;

    /// <summary>Records of single persons in a span, and of officials; what is beyond stands in the total only, so that no flood lets the audit grow without bound.</summary>
    [Range(1, 10_000)]
    public int MostAccounts { get; set; } = 200;
}
