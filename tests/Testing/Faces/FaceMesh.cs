using SkiaSharp;

namespace Yinxin.Testing.Faces;

/// <summary>The points of a face in space, and the triangles between them: what is moved to make a picture act.</summary>
internal sealed class FaceMesh(IReadOnlyList<double> points, IReadOnlyList<int> triangles)
{
    private const int Crown = 10;
    private const int Chin = 152;
    private const int LeftEar = 454;
    private const int RightEar = 234;
    private static readonly int[] Jaw =
    [
        14, 87, 178, 88, 95, 317, 402, 318, 324, 15, 86, 179, 89, 96, 316, 403, 319, 325, 16, 85, 180, 90, 77, 315, 404, 320, 307, 17, 84, 181, 91, 146, 314, 405, 321, 375,
        18, 83, 182, 106, 313, 406, 335, 200, 201, 421, 199, 208, 428, 175, 171, 396, 152, 148, 377, 176, 400,
    ];

    /// <summary>Each eye: its outline, its lower lid, and a point of the skin below.</summary>
    private static readonly (int[] Outline, int[] Lid, int Skin)[] Eyes =
    [
        ([263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249], [362, 382, 381, 380, 374, 373, 390, 249, 263], 450),
        ([33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7], [33, 7, 163, 144, 145, 153, 154, 155, 133], 230),
    ];

    private readonly float[] points = [.. points.Select(p => (float)p)];

    public float Height => points[(3 * Chin) + 1] - points[(3 * Crown) + 1];

    public static void OpenMouth(float[] points, float by)
    {
        foreach (var point in Jaw)
        {
            points[(3 * point) + 1] += by;
        }
    }

    /// <summary>Draws the face of a picture moved and turned.</summary>
    public void Draw(SKCanvas canvas, SKBitmap picture, Action<float[]>? move, float yaw, float pitch)
    {
        var moved = points.ToArray();
        move?.Invoke(moved);
        Turn(moved, yaw, pitch);
        using var shader = SKShader.CreateBitmap(picture);
        using var paint = new SKPaint { Shader = shader, IsAntialias = true };

        // What is far away first, so that the near covers it.
        var order = Enumerable.Range(0, triangles.Count / 3).OrderByDescending(t => Depth(3 * t) + Depth((3 * t) + 1) + Depth((3 * t) + 2));
        var indices = order.SelectMany(t => triangles.Skip(3 * t).Take(3)).Select(i => (ushort)i).ToArray();
        using var vertices = SKVertices.CreateCopy(SKVertexMode.Triangles, Flat(moved), Flat(points), null, indices);
        canvas.DrawVertices(vertices, SKBlendMode.Src, paint);

        float Depth(int corner) => moved[(3 * triangles[corner]) + 2];
    }

    /// <summary>Paints lids over the eyes.</summary>
    public void ShutEyes(SKCanvas canvas, SKBitmap picture)
    {
        foreach (var (outline, lid, skin) in Eyes)
        {
            var at = At(skin);
            using var cover = new SKPaint { Color = picture.GetPixel((int)at.X, (int)at.Y), IsAntialias = true, Style = SKPaintStyle.StrokeAndFill, StrokeWidth = 6 };
            using var lashes = new SKPaint { Color = new SKColor(50, 35, 30), IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = 3 };
            using var whole = Line(outline, closed: true);
            using var edge = Line(lid, closed: false);
            canvas.DrawPath(whole, cover);
            canvas.DrawPath(edge, lashes);
        }
    }

    private static SKPoint[] Flat(float[] points) => [.. Enumerable.Range(0, points.Length / 3).Select(i => new SKPoint(points[3 * i], points[(3 * i) + 1]))];

    /// <summary>About the point between the ears.</summary>
    private static void Turn(float[] points, float yaw, float pitch)
    {
        var centre = Enumerable.Range(0, 3).Select(axis => (points[(3 * LeftEar) + axis] + points[(3 * RightEar) + axis]) / 2).ToArray();
        for (var i = 0; i < points.Length; i += 3)
        {
            var (x, y, z) = (points[i] - centre[0], points[i + 1] - centre[1], points[i + 2] - centre[2]);
            (x, z) = ((x * MathF.Cos(yaw)) + (z * MathF.Sin(yaw)), (z * MathF.Cos(yaw)) - (x * MathF.Sin(yaw)));
            (y, z) = ((y * MathF.Cos(pitch)) + (z * MathF.Sin(pitch)), (z * MathF.Cos(pitch)) - (y * MathF.Sin(pitch)));
            (points[i], points[i + 1], points[i + 2]) = (x + centre[0], y + centre[1], z + centre[2]);
        }
    }

    private SKPoint At(int point) => new(points[3 * point], points[(3 * point) + 1]);

    private SKPath Line(int[] along, bool closed)
    {
        using var builder = new SKPathBuilder();
        builder.MoveTo(At(along[0]));
        foreach (var point in along.Skip(1))
        {
            builder.LineTo(At(point));
        }

        if (closed)
        {
            builder.Close();
        }

        return builder.Detach();
    }
}
