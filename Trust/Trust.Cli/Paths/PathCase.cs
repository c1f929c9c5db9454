using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Certificates.Paths.Names;

namespace Yinxin.Trust.Cli.Paths;

/// <summary>One case of a file with what it expects.</summary>
/// <param name="Id">Its name in the file.</param>
/// <param name="Expected">True when the file says that the path is valid.</param>
/// <param name="Judge">Validates; never throws for what the case holds.</param>
internal sealed record PathCase(string Id, bool Expected, Func<PublicSuffixes, PathVerdict> Judge);

/// <summary>What we say of one case.</summary>
/// <param name="Valid">Null when the case asks for what is not done here.</param>
/// <param name="Why">The reason, for a person.</param>
/// <param name="Problems">All problems found.</param>
/// <param name="Notices">User notices to be shown.</param>
internal sealed record PathVerdict(bool? Valid, string? Why, IReadOnlyList<PathProblem> Problems, IReadOnlyList<string> Notices)
{
    public static PathVerdict Skipped(string why) => new(null, why, [], []);

    public static PathVerdict Refused(PathStep step, string why) => new(false, why, [new PathProblem(step, "unreadable", why)], []);

    public static PathVerdict Of(PathOutcome outcome) =>
        new(outcome.Valid, outcome.Valid ? null : string.Join(" ", outcome.Problems.Select(p => $"{p.Step}: {p.Message}")), outcome.Problems, outcome.Notices);
}
