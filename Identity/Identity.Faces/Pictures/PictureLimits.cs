namespace Yinxin.Identity.Faces.Pictures;

/// <summary>What is taken as a picture: checked on the header, before a single pixel is unpacked.</summary>
public static class PictureLimits
{
    /// <summary>A phone's camera frame at good quality is below it.</summary>
    public const int MostBytes = 4 * 1024 * 1024;

    /// <summary>A small file can claim any size: 25 megapixels are 100 MB unpacked, the most that one picture may take.</summary>
    public const int MostPixels = 25_000_000;

    public const int LongestSide = 8000;

    public const int ShortestSide = 96;

    /// <summary>Pictures are looked at in this size at most: the models see 256 pixels of a face, and time goes with the area.</summary>
    public const int WorkingSide = 640;
}
