using System.Text.Json;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Raising.Ways;

namespace Yinxin.Identity.Server.Features.Assurance.Administration;

/// <summary>A grade as the API shows it: nothing in it is personal but the key.</summary>
/// <param name="Kind"><c>person</c> or <c>organisation</c>.</param>
/// <param name="Level"><c>none</c>, <c>primary</c> or <c>intermediate</c>.</param>
/// <param name="Acr">The level as tokens spell it; null for none.</param>
/// <param name="PolicyVersion">By which it was computed.</param>
/// <param name="At">For which moment.</param>
/// <param name="ChangesAt">When it changes if nothing happens.</param>
/// <param name="Evidence">What carries it.</param>
/// <param name="Missing">What the next level needs.</param>
/// <param name="Ways">How to get what is missing; none for a past moment, which nothing raises.</param>
/// <param name="Chain"><c>whole</c>, or <c>edited:3</c>, <c>removed:3</c>, <c>unrecorded:3</c> with the place; null when one asks for oneself, or for the organisation that one represents.</param>
internal sealed record GradeView(
    Guid SubjectId, string Kind, string Level, string? Acr, int PolicyVersion, DateTimeOffset At, DateTimeOffset? ChangesAt, IReadOnlyList<GradeView.Carrying> Evidence, GradeView.Needed? Missing, IReadOnlyList<GradeView.Way> Ways, string? Chain)
{
    /// <summary>Of one's own: the organisation that the token acts for as its legal representative, whose grade stands at <c>/api/organisations/{id}/grade</c>; else null.</summary>
    public Guid? Organisation { get; init; }

    /// <param name="subject">Whose grade.</param>
    /// <param name="grade">The grade.</param>
    /// <param name="ways">Says which sources are connected; null for a past moment.</param>
    /// <param name="chain">What is said of the chain.</param>
    public static GradeView Of(Guid subject, Grade grade, RaisingWays? ways, string? chain) => new(
        subject,
        JsonNamingPolicy.CamelCase.ConvertName(grade.Kind.ToString()),
        AssuranceNames.Name(grade.Level),
        grade.Level == AssuranceLevel.None ? null : AssuranceNames.Acr(grade.Level),
        grade.PolicyVersion,
        grade.At,
        grade.ChangesAt,
        [.. grade.Carrying.Select(c => new Carrying(c.Record.Id, c.Record.Kind, c.Record.Source, c.Record.Method, c.Record.VerifiedAt, c.Until, c.Record.Place, c.Record.Hash))],
        grade.Missing is { } missing ? new Needed(AssuranceNames.Name(missing.Level), missing.AnyOf) : null,
        ways is null ? [] : [.. RaisingWays.For(grade).Select(w => new Way(
            w.Kind, new BothLanguages(w.Title.Chinese, w.Title.English), new BothLanguages(w.Needs.Chinese, w.Needs.English), w.Minutes, ways.IsOpen(w),
            w.Path is { } path && grade.Kind == SubjectKind.Organisation ? $"{path}?Organisation={subject}" : w.Path))],
        chain);

    internal sealed record Carrying(Guid Id, string Kind, string Source, string Method, DateTimeOffset VerifiedAt, DateTimeOffset? ValidUntil, int? Place, string? Hash);

    /// <param name="Kind">The kind of evidence that it gives.</param>
    /// <param name="Title">For people.</param>
    /// <param name="Needs">What must be at hand.</param>
    /// <param name="Minutes">How long it usually takes.</param>
    /// <param name="Open">Whether its source is connected here.</param>
    /// <param name="Path">The page of this server where it begins, for the person or the legal representative; null: at a counter.</param>
    internal sealed record Way(string Kind, BothLanguages Title, BothLanguages Needs, int Minutes, bool Open, string? Path);

    /// <param name="Level">The next level.</param>
    /// <param name="AnyOf">The requirements not met; any one kind of each meets it.</param>
    internal sealed record Needed(string Level, IReadOnlyList<IReadOnlyList<string>> AnyOf);
}
