using SkiaSharp;
using Yinxin.Identity.Faces;

namespace Yinxin.Testing.Faces;

/// <summary>
/// A face that does what it is asked to before a camera: one public picture, stretched over the mesh that the models find in it, and that mesh moved. It is
/// also the attack that open models do not stop, and shows what the ceremony proves and what it does not.
/// </summary>
public sealed class FaceActor : IDisposable
{
    private const int Side = 480;
    private const float TurnedBy = 0.5f;
    private const float NoddedBy = 0.3f;
    private const float OpenedBy = 0.08f;
    private static int takes;
    private readonly SKBitmap picture;
    private readonly FaceMesh mesh;

    private FaceActor(SKBitmap picture, FaceMesh mesh) => (this.picture, this.mesh) = (picture, mesh);

    /// <summary>Two persons of the sample pictures.</summary>
    public static Task<FaceActor> FirstAsync(FaceReader reader) => OfAsync(reader, "sample3.jpg", new SKRect(335, 115, 1057, 837));

    public static Task<FaceActor> SecondAsync(FaceReader reader) => OfAsync(reader, "sample3.jpg", new SKRect(814, 6, 1548, 740));

    /// <summary>A picture of several people.</summary>
    public static byte[] Company()
    {
        using var crowd = SKBitmap.Decode(PathOf("sample3.jpg"));
        return Jpeg(crowd);
    }

    /// <summary>A picture of nobody.</summary>
    public static byte[] Nobody()
    {
        using var empty = new SKBitmap(Side, Side);
        using (var canvas = new SKCanvas(empty))
        {
            canvas.Clear(new SKColor(90, 120, 150));
            Mark(canvas);
        }

        return Jpeg(empty);
    }

    /// <summary>The person at rest; each take differs from every other.</summary>
    public byte[] Rest() => Take(move: null, yaw: 0, pitch: 0, shut: false);

    /// <summary>The person doing one of <see cref="FaceActions"/>.</summary>
    public byte[] Do(string action) => action switch
    {
        FaceActions.TurnLeft => Take(move: null, -TurnedBy, pitch: 0, shut: false),
        FaceActions.TurnRight => Take(move: null, TurnedBy, pitch: 0, shut: false),
        FaceActions.Nod => Take(move: null, yaw: 0, -NoddedBy, shut: false),
        FaceActions.OpenMouth => Take(points => FaceMesh.OpenMouth(points, OpenedBy * mesh.Height), yaw: 0, pitch: 0, shut: false),
        FaceActions.Blink => Take(move: null, yaw: 0, pitch: 0, shut: true),
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "No such action."),
    };

    /// <summary>The person at rest, then doing what is asked.</summary>
    public IReadOnlyList<byte[]> Perform(IEnumerable<string> actions) => [Rest(), .. actions.Select(Do)];

    /// <summary>The photo on file: another light, smaller.</summary>
    public byte[] Photo()
    {
        using var photo = new SKBitmap(320, 320);
        using (var canvas = new SKCanvas(photo))
        using (var shade = SKColorFilter.CreateColorMatrix([0.85f, 0, 0, 0, 0, 0, 0.85f, 0, 0, 0, 0, 0, 0.85f, 0, 0, 0, 0, 0, 1, 0]))
        using (var paint = new SKPaint { ColorFilter = shade })
        using (var image = SKImage.FromBitmap(picture))
        {
            canvas.DrawImage(image, new SKRect(0, 0, 320, 320), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear), paint);
        }

        return Jpeg(photo);
    }

    public void Dispose() => picture.Dispose();

    private static async Task<FaceActor> OfAsync(FaceReader reader, string file, SKRect part)
    {
        var picture = new SKBitmap(Side, Side);
        using (var whole = SKImage.FromEncodedData(PathOf(file)))
        using (var canvas = new SKCanvas(picture))
        {
            canvas.DrawImage(whole, part, new SKRect(0, 0, Side, Side), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        }

        var face = await reader.ReadAsync(Jpeg(picture), CancellationToken.None);
        var triangles = await reader.WithEngineAsync(engine => Task.FromResult(engine.Triangles()), CancellationToken.None);
        return new FaceActor(picture, new FaceMesh(face.Seen.Mesh, triangles));
    }

    private static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "faces", "pictures", file);

    private static byte[] Jpeg(SKBitmap bitmap)
    {
        using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
        return data.ToArray();
    }

    /// <summary>A corner that no other take has: a camera never gives the same bytes twice.</summary>
    private static void Mark(SKCanvas canvas)
    {
        var take = Interlocked.Increment(ref takes);
        using var paint = new SKPaint();
        for (var bit = 0; bit < 16; bit++)
        {
            paint.Color = (take >> bit & 1) == 1 ? SKColors.White : SKColors.Black;
            canvas.DrawRect(bit * 8, 0, 8, 8, paint);
        }
    }

    private byte[] Take(Action<float[]>? move, float yaw, float pitch, bool shut)
    {
        using var frame = picture.Copy();
        using (var canvas = new SKCanvas(frame))
        {
            if (shut)
            {
                mesh.ShutEyes(canvas, picture);
            }
            else if (move is not null || yaw != 0 || pitch != 0)
            {
                mesh.Draw(canvas, picture, move, yaw, pitch);
            }

            Mark(canvas);
        }

        return Jpeg(frame);
    }
}
