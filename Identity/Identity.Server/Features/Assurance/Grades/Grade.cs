using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Assurance;

/// <summary>A level and its reasons at one moment.</summary>
/// <param name="Kind">Whose ladder.</param>
/// <param name="Level">None, primary or intermediate; advanced belongs to transactions.</param>
/// <param name="PolicyVersion">The policy that gives it.</param>
/// <param name="At">The moment.</param>
/// <param name="ChangesAt">When it changes although nothing happens; null: never.</param>
/// <param name="Carrying">The records that the level rests on, the oldest first.</param>
/// <param name="Missing">What the next level needs; null at the top.</param>
internal sealed record Grade(
    SubjectKind Kind, AssuranceLevel Level, int PolicyVersion, DateTimeOffset At, DateTimeOffset? ChangesAt, IReadOnlyList<CountingEvidence> Carrying, MissingForLevel? Missing)
{
    /// <summary>Place of the newest record up to which all were looked at; 0 without any. Tokens say it, so that one made before a record that takes something back can be told from one made after it.</summary>
    public int Place { get; init; }
}

/// <param name="Record">The record.</param>
/// <param name="Until">When it ceases to count, by its own end and the policy's limit; null: when the facts change.</param>
internal sealed record CountingEvidence(Evidence Record, DateTimeOffset? Until);

/// <param name="Level">The next level.</param>
/// <param name="AnyOf">The requirements that are not met, each with the kinds of evidence of which any one meets it.</param>
internal sealed record MissingForLevel(AssuranceLevel Level, IReadOnlyList<IReadOnlyList<string>> AnyOf);
