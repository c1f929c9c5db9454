using System.IO.Compression;
using SkiaSharp;

namespace Yinxin.License.Signing;

/// <summary>The visible seal of a signature field: its place on the page in millimetres from the top left, and its picture.</summary>
/// <param name="CenterX">From the left.</param>
/// <param name="CenterY">From the top.</param>
/// <param name="Diameter">Both width and height.</param>
/// <param name="Png">The seal's picture with alpha.</param>
public sealed record SealStamp(float CenterX, float CenterY, float Diameter, ReadOnlyMemory<byte> Png)
{
    private const int Edge = 480;

    private (byte[] Color, byte[] Mask, int Edge)? encoded;

    /// <summary>The picture as PDF wants it: one pixel of colour, and the alpha channel as soft mask, deflated. Made once: keep the stamp for as long as the seal.</summary>
    internal (byte[] Color, byte[] Mask, int Edge) Encode() => encoded ??= EncodePicture();

    private (byte[] Color, byte[] Mask, int Edge) EncodePicture()
    {
        using var source = SKBitmap.Decode(Png.Span) ?? throw new InvalidOperationException("The picture of the seal cannot be decoded.");
        using var scaled = source.Resize(new SKImageInfo(Edge, Edge, SKColorType.Rgba8888, SKAlphaType.Unpremul), new SKSamplingOptions(SKCubicResampler.Mitchell));
        var pixels = scaled.GetPixelSpan();
        var mask = new byte[Edge * Edge];
        var color = new byte[] { 0xD8, 0x12, 0x1B };
        for (var i = 0; i < mask.Length; i++)
        {
            mask[i] = pixels[(i * 4) + 3];
        }

        return (color, Deflate(mask), Edge);
    }

    internal static byte[] Deflate(ReadOnlySpan<byte> data)
    {
        using var output = new MemoryStream();
        using (var zlib = new ZLibStream(output, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(data);
        }

        return output.ToArray();
    }
}
