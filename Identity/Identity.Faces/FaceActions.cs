namespace Yinxin.Identity.Faces;

/// <summary>
/// The actions that can be told from one frame, each against the same person's face at rest: faces differ more from each other than by an action.
/// Raised eyebrows are not among them: the mesh did not follow them.
/// </summary>
public static class FaceActions
{
    public const string Blink = "blink";
    public const string Nod = "nod";
    public const string TurnLeft = "turn-left";
    public const string TurnRight = "turn-right";
    public const string OpenMouth = "open-mouth";

    /// <summary>Nothing of the kind.</summary>
    public const string None = "none";

    /// <summary>Radians; by then the head has visibly turned, and other actions move it by 0.03 at most.</summary>
    private const double Turned = 0.15;

    /// <summary>Radians; an opened mouth draws the chin down and looks like 0.06.</summary>
    private const double Nodded = 0.08;

    /// <summary>In heights of the face; a turned head looks like 0.03.</summary>
    private const double Opened = 0.05;

    /// <summary>Share of the lids' opening that is gone; a nod looks like 0.22.</summary>
    private const double Closed = 0.3;

    public static IReadOnlyList<string> All { get; } = [Blink, Nod, TurnLeft, TurnRight, OpenMouth];

    /// <summary>The one action that stands out.</summary>
    /// <param name="rest">The face looking straight ahead.</param>
    /// <param name="acted">The face in action.</param>
    public static string Of(FaceFeatures rest, FaceFeatures acted)
    {
        (string Action, double Strength)[] seen =
        [
            (TurnLeft, (acted.Yaw - rest.Yaw) / Turned),
            (TurnRight, (rest.Yaw - acted.Yaw) / Turned),
            (Nod, (acted.Pitch - rest.Pitch) / Nodded),
            (OpenMouth, (acted.Mouth - rest.Mouth) / Opened),
            (Blink, (rest.Eyes - acted.Eyes) / Math.Max(1e-6, rest.Eyes) / Closed),
        ];
        var strongest = seen.MaxBy(s => s.Strength);
        return strongest.Strength >= 1 ? strongest.Action : None;
    }
}
