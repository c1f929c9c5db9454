namespace Yinxin.Trust.Certificates.Paths;

/// <summary>What validation found.</summary>
/// <param name="Path">From the end certificate up to and including the anchor: the valid path, or the one that came closest; empty when there is none.</param>
/// <param name="Problems">Why it is not valid; empty when it is.</param>
/// <param name="Unknown">Certificates whose revocation could not be told, with the reason; only where that is allowed.</param>
/// <param name="Policies">user-constrained-policy-set as OIDs.</param>
/// <param name="Notices">User notices of these policies, to be shown to people.</param>
public sealed record PathOutcome(
    IReadOnlyList<PathCertificate> Path, IReadOnlyList<PathProblem> Problems, IReadOnlyList<string> Unknown, IReadOnlySet<string> Policies, IReadOnlyList<string> Notices)
{
    /// <summary>The path is valid.</summary>
    public bool Valid => Problems.Count == 0;

    internal static PathOutcome Refused(PathProblem problem) => new([], [problem], [], new HashSet<string>(), []);
}
