using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using ZXing;
using ZXing.Common;
using ZXing.QrCode;

namespace Yinxin.Testing;

/// <summary>Reads a QR code from a PNG of one bit a pixel, with another library than the one that drew it.</summary>
public static class QrReader
{
    public static string Read(byte[] png)
    {
        var (width, height, data) = (0, 0, new MemoryStream());
        for (var at = 8; at < png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            var body = png.AsSpan(at + 8, length);
            switch (Encoding.ASCII.GetString(png, at + 4, 4))
            {
                case "IHDR":
                    (width, height) = (BinaryPrimitives.ReadInt32BigEndian(body), BinaryPrimitives.ReadInt32BigEndian(body[4..]));
                    if (body[8] != 1)
                    {
                        throw new InvalidDataException($"{body[8]} bits a pixel.");
                    }

                    break;
                case "IDAT":
                    data.Write(body);
                    break;
                default:
                    break;
            }

            at += 12 + length;
        }

        data.Position = 0;
        using var lines = new ZLibStream(data, CompressionMode.Decompress);
        var (luminance, line) = (new byte[width * height], new byte[1 + ((width + 7) / 8)]);
        for (var y = 0; y < height; y++)
        {
            lines.ReadExactly(line);
            for (var x = 0; x < width; x++)
            {
                luminance[(y * width) + x] = (line[1 + (x / 8)] >> (7 - (x % 8)) & 1) == 1 ? (byte)255 : (byte)0;
            }
        }

        var bitmap = new BinaryBitmap(new GlobalHistogramBinarizer(new RGBLuminanceSource(luminance, width, height, RGBLuminanceSource.BitmapFormat.Gray8)));

        // A drawn code has straight edges: read as such it is found always; the search in a photograph misses one in a hundred.
        var drawn = new Dictionary<DecodeHintType, object> { [DecodeHintType.PURE_BARCODE] = true };
        return new QRCodeReader().decode(bitmap, drawn)?.Text ?? throw new InvalidDataException("No QR code in the picture.");
    }
}
