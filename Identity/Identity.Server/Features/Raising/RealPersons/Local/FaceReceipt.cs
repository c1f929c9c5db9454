using Yinxin.Identity.Faces;

namespace Yinxin.Identity.Server.Features.Raising.RealPersons.Local;

/// <summary>What stands in the evidence: enough to see later by what, at what limits and on what frames was decided; no picture.</summary>
/// <param name="Provider">Always <c>local</c>.</param>
/// <param name="Receipt">Number of this verdict.</param>
/// <param name="Check">The ceremony.</param>
/// <param name="Nonce">Its nonce.</param>
/// <param name="Models">Library and version.</param>
/// <param name="ModelsDigest">Of all weights.</param>
/// <param name="PhotoReceipt">The authority's receipt for the photo on file.</param>
/// <param name="Asked">Actions in the order in which they were asked for.</param>
/// <param name="Frames">SHA-256 of the pixels of each frame as they were looked at, in order.</param>
/// <param name="Verdict">Scores and conclusions.</param>
/// <param name="LeastLikeness">The limit at that time.</param>
/// <param name="LeastContinuity">The limit at that time.</param>
/// <param name="LeastReal">The limit at that time.</param>
/// <param name="LeastLive">The limit at that time.</param>
/// <param name="JudgedAt">When.</param>
internal sealed record FaceReceipt(
    string Provider, string Receipt, Guid Check, string Nonce, string Models, string ModelsDigest, string PhotoReceipt, string Asked, IReadOnlyList<string> Frames,
    FaceVerdict Verdict, double LeastLikeness, double LeastContinuity, double LeastReal, double LeastLive, DateTimeOffset JudgedAt);
