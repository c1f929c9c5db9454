namespace Yinxin.Identity.Faces;

/// <summary>The one face of a picture, as the models describe it.</summary>
public sealed class Face
{
    private const double Spread = 25;
    private const double Least = 0.2;
    private const double Most = 0.8;

    internal Face(SeenFace seen, string pictureDigest) => (Seen, Features, PictureDigest) = (seen, new FaceFeatures(seen), pictureDigest);

    /// <summary>SHA-256, in hex, of the picture's pixels as they were looked at: the same for every file that shows the same.</summary>
    public string PictureDigest { get; }

    /// <summary>Where the head points, and how open eyes and mouth are.</summary>
    public FaceFeatures Features { get; }

    /// <summary>No screen or print, as one model has it; 0 to 1.</summary>
    public double Real => Seen.Real;

    /// <summary>A living face, as another model has it; 0 to 1.</summary>
    public double Live => Seen.Live;

    internal SeenFace Seen { get; }

    /// <summary>How alike two faces are, 0 to 1: the distance of their descriptions on the scale of the library that made the models.</summary>
    public double LikenessTo(Face other)
    {
        var distance = Seen.Description.Zip(other.Seen.Description, (a, b) => (a - b) * (a - b)).Sum() * Spread;
        return Math.Clamp((1 - (Math.Sqrt(distance) / 100) - Least) / (Most - Least), 0, 1);
    }
}
