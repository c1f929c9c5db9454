using System.ComponentModel.DataAnnotations;
using Yinxin.Identity.Server.Features.Assurance;

namespace Yinxin.Identity.Server.Data;

/// <summary>Whose level it is.</summary>
internal enum SubjectKind
{
    Person,
    Organisation,
}

/// <summary>
/// The level as it was last computed, written in the same transaction as the evidence. A shadow of the evidence for lists, statistics and notices:
/// nobody is let in by it, tokens ask the evidence itself.
/// </summary>
internal sealed class SubjectGrade
{
    /// <summary>Key of the person or organisation.</summary>
    public Guid SubjectId { get; set; }

    public SubjectKind Kind { get; set; }

    public AssuranceLevel Level { get; set; }

    /// <summary>The policy that gave it.</summary>
    public int PolicyVersion { get; set; }

    public DateTimeOffset GradedAt { get; set; }

    /// <summary>When it changes although nothing happens, because evidence runs out; null: never.</summary>
    public DateTimeOffset? ChangesAt { get; set; }

    /// <summary>Four digits of the administrative division for statistics, found at the first count; null before.</summary>
    [MaxLength(4)]
    public string? City { get; set; }
}
