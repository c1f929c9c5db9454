using Microsoft.Extensions.Options;

namespace Yinxin.Identity.Faces;

/// <summary>What was seen in the frames of one ceremony.</summary>
/// <param name="Likeness">The frame at rest against the photo on file.</param>
/// <param name="Continuity">The least likeness of any frame to the frame at rest.</param>
/// <param name="Real">The least of all frames.</param>
/// <param name="Live">The frame at rest; closed eyes and a turned head confuse this model.</param>
/// <param name="Actions">In order of the frames; <see cref="FaceActions.None"/> where none was seen.</param>
public sealed record FaceVerdict(double Likeness, double Continuity, double Real, double Live, IReadOnlyList<string> Actions)
{
    /// <summary>The face on file.</summary>
    public required bool IsOnFile { get; init; }

    /// <summary>One and the same person in every frame.</summary>
    public required bool IsOnePerson { get; init; }

    /// <summary>Not called a picture or a screen; no proof of the contrary.</summary>
    public required bool SeemsAlive { get; init; }
}

/// <summary>Judges the frames of one ceremony together.</summary>
public sealed class FaceJudge(IOptions<FaceSettings> options)
{
    /// <param name="onFile">The photo that the authority keeps.</param>
    /// <param name="rest">The person looking straight ahead.</param>
    /// <param name="acted">One frame for each action.</param>
    public FaceVerdict Judge(Face onFile, Face rest, IReadOnlyList<Face> acted)
    {
        var settings = options.Value;
        var likeness = rest.LikenessTo(onFile);
        var continuity = acted.Select(rest.LikenessTo).Append(1).Min();
        var real = acted.Append(rest).Min(f => f.Real);
        return new FaceVerdict(likeness, continuity, real, rest.Live, [.. acted.Select(f => FaceActions.Of(rest.Features, f.Features))])
        {
            IsOnFile = likeness >= settings.LeastLikeness,
            IsOnePerson = continuity >= settings.LeastContinuity,
            SeemsAlive = real >= settings.LeastReal && rest.Live >= settings.LeastLive,
        };
    }
}
