namespace Yinxin.Identity.Faces;

/// <summary>What moves in a face. Lengths are in heights of the face, so that coming nearer changes nothing.</summary>
public sealed class FaceFeatures
{
    private const int Crown = 10;
    private const int Chin = 152;
    private readonly SeenFace seen;
    private readonly double height;

    internal FaceFeatures(SeenFace seen)
    {
        this.seen = seen;
        height = Math.Max(1e-6, Between(Crown, Chin));
        Eyes = (Between(159, 145) + Between(386, 374)) / 2 / height;
        Mouth = Between(13, 14) / height;
    }

    /// <summary>Radians; grows as the person turns to their left.</summary>
    public double Yaw => -seen.Yaw;

    /// <summary>Radians; grows as the head goes down.</summary>
    public double Pitch => seen.Pitch;

    /// <summary>Opening of the lids, mean of both eyes.</summary>
    public double Eyes { get; }

    /// <summary>Opening of the lips.</summary>
    public double Mouth { get; }

    private double Between(int one, int other)
    {
        var (x, y) = (seen.Mesh[3 * one] - seen.Mesh[3 * other], seen.Mesh[(3 * one) + 1] - seen.Mesh[(3 * other) + 1]);
        return Math.Sqrt((x * x) + (y * y));
    }
}
