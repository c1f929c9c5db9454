using System.Security.Cryptography;
using SkiaSharp;

namespace Yinxin.Identity.Faces.Pictures;

/// <summary>A picture as the models take it: red, green, blue, row by row.</summary>
internal sealed class FacePicture
{
    private FacePicture(int width, int height, byte[] pixels) => (Width, Height, Pixels) = (width, height, pixels);

    public int Width { get; }

    public int Height { get; }

    public byte[] Pixels { get; }

    /// <summary>SHA-256 of the pixels, in hex: what a file carries beside its picture does not make another picture of it.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(Pixels));

    private static ReadOnlySpan<byte> Jpeg => [0xFF, 0xD8, 0xFF];

    private static ReadOnlySpan<byte> Png => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>What the header tells, without unpacking a pixel.</summary>
    /// <exception cref="FaceException">No JPEG or PNG, or beyond <see cref="PictureLimits"/>.</exception>
    public static void Check(byte[] file)
    {
        CheckKind(file);
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data);
        CheckHeader(codec);
    }

    /// <summary>Unpacks what a stranger sent; up to 100 MB meanwhile.</summary>
    /// <exception cref="FaceException">As for <see cref="Check"/>, or broken.</exception>
    public static FacePicture Read(byte[] file)
    {
        CheckKind(file);
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data);
        CheckHeader(codec);
        return Of(codec);
    }

    /// <summary>By the first bytes: the library would try its readers of a dozen other formats on the file, each a target for whoever sent it.</summary>
    private static void CheckKind(byte[] file)
    {
        if (file.Length > PictureLimits.MostBytes)
        {
            throw new FaceException(FaceFault.TooLarge);
        }

        if (!file.AsSpan().StartsWith(Jpeg) && !file.AsSpan().StartsWith(Png))
        {
            throw new FaceException(FaceFault.NotAPicture);
        }
    }

    private static void CheckHeader(SKCodec? codec)
    {
        if (codec is null || codec.EncodedFormat is not (SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Png))
        {
            throw new FaceException(FaceFault.NotAPicture);
        }

        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if (width > PictureLimits.LongestSide || height > PictureLimits.LongestSide || (long)width * height > PictureLimits.MostPixels)
        {
            throw new FaceException(FaceFault.TooLarge);
        }

        if (Math.Min(width, height) < PictureLimits.ShortestSide)
        {
            throw new FaceException(FaceFault.TooSmall);
        }
    }

    private static FacePicture Of(SKCodec codec)
    {
        // A JPEG can be unpacked at an eighth to the half of its size at no cost.
        var wanted = Math.Min(1f, (float)PictureLimits.WorkingSide / Math.Max(codec.Info.Width, codec.Info.Height));
        var size = codec.GetScaledDimensions(Math.Min(1f, wanted * 1.5f));
        using var raw = new SKBitmap(new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        if (codec.GetPixels(raw.Info, raw.GetPixels()) != SKCodecResult.Success)
        {
            throw new FaceException(FaceFault.NotAPicture);
        }

        // Else the image below is a copy, and a large picture takes its memory twice.
        raw.SetImmutable();
        var scale = Math.Min(1f, (float)PictureLimits.WorkingSide / Math.Max(size.Width, size.Height));
        var (width, height) = ((int)MathF.Round(size.Width * scale), (int)MathF.Round(size.Height * scale));
        var turned = codec.EncodedOrigin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;
        using var upright = new SKBitmap(new SKImageInfo(turned ? height : width, turned ? width : height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using (var canvas = new SKCanvas(upright))
        using (var image = SKImage.FromBitmap(raw))
        {
            canvas.SetMatrix(Upright(codec.EncodedOrigin, width, height));
            canvas.DrawImage(image, new SKRect(0, 0, width, height), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        }

        return new FacePicture(upright.Width, upright.Height, WithoutAlpha(upright.GetPixelSpan()));
    }

    /// <summary>Phones store what the sensor saw, and beside it how the phone was held.</summary>
    private static SKMatrix Upright(SKEncodedOrigin origin, float width, float height) => origin switch
    {
        SKEncodedOrigin.TopRight => new SKMatrix(-1, 0, width, 0, 1, 0, 0, 0, 1),
        SKEncodedOrigin.BottomRight => new SKMatrix(-1, 0, width, 0, -1, height, 0, 0, 1),
        SKEncodedOrigin.BottomLeft => new SKMatrix(1, 0, 0, 0, -1, height, 0, 0, 1),
        SKEncodedOrigin.LeftTop => new SKMatrix(0, 1, 0, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightTop => new SKMatrix(0, -1, height, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightBottom => new SKMatrix(0, -1, height, -1, 0, width, 0, 0, 1),
        SKEncodedOrigin.LeftBottom => new SKMatrix(0, 1, 0, -1, 0, width, 0, 0, 1),
        _ => SKMatrix.Identity,
    };

    private static byte[] WithoutAlpha(ReadOnlySpan<byte> pixels)
    {
        var rgb = new byte[pixels.Length / 4 * 3];
        for (int from = 0, to = 0; from < pixels.Length; from += 4, to += 3)
        {
            pixels.Slice(from, 3).CopyTo(rgb.AsSpan(to));
        }

        return rgb;
    }
}
