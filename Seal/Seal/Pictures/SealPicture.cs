using SkiaSharp;

namespace Yinxin.Seal.Pictures;

/// <summary>
/// Draws a round official seal as 国发〔1999〕25号 describes it: a star in the middle, the name clockwise from left to right around it,
/// in a Song face, red on a transparent ground.
/// </summary>
public static class SealPicture
{
    private const int DotsPerInch = 320;
    private const float MillimetresPerInch = 25.4f;
    private const float WidestArcDegrees = 250f;
    private static readonly SKColor Red = new(0xD8, 0x12, 0x1B);

    /// <summary>A PNG with alpha at 320 dpi.</summary>
    /// <param name="name">The body's full name, set on the arc.</param>
    /// <param name="line">A straight line below the star, e.g. «行政许可专用章» or a test marker; null for none.</param>
    /// <param name="diameterMm">Outer diameter: 42 for a department.</param>
    public static byte[] Round(string name, string? line = null, int diameterMm = 42)
    {
        var pixels = (int)MathF.Round(diameterMm / MillimetresPerInch * DotsPerInch);
        using var surface = SKSurface.Create(new SKImageInfo(pixels, pixels, SKColorType.Rgba8888, SKAlphaType.Premul));
        var canvas = surface.Canvas;
        canvas.Clear(SKColors.Transparent);
        canvas.Scale(pixels / (float)diameterMm);
        canvas.Translate(diameterMm / 2f, diameterMm / 2f);
        var radius = diameterMm / 2f;
        using var paint = new SKPaint { Color = Red, IsAntialias = true };
        Border(canvas, paint, radius);
        Star(canvas, paint, diameterMm / 6f);
        Arc(canvas, paint, name, radius);
        if (line is not null)
        {
            Line(canvas, paint, line, radius);
        }

        using var image = surface.Snapshot();
        using var data = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        return data.ToArray();
    }

    private static void Border(SKCanvas canvas, SKPaint paint, float radius)
    {
        const float width = 1.2f;
        paint.Style = SKPaintStyle.Stroke;
        paint.StrokeWidth = width;
        canvas.DrawCircle(0, 0, radius - (width / 2) - 0.1f, paint);
        paint.Style = SKPaintStyle.Fill;
    }

    private static void Star(SKCanvas canvas, SKPaint paint, float radius)
    {
        using var star = new SKPathBuilder();
        for (var i = 0; i < 5; i++)
        {
            var angle = (-90 + (i * 144)) * MathF.PI / 180;
            var point = new SKPoint(radius * MathF.Cos(angle), radius * MathF.Sin(angle));
            if (i == 0)
            {
                star.MoveTo(point);
            }
            else
            {
                star.LineTo(point);
            }
        }

        star.Close();
        using var path = star.Detach();
        path.FillType = SKPathFillType.Winding;
        canvas.DrawPath(path, paint);
    }

    /// <summary>Each letter stands upright on the radius; long names get narrower letters, never smaller gaps than letters can bear.</summary>
    private static void Arc(SKCanvas canvas, SKPaint paint, string name, float radius)
    {
        var letters = Letters(name);
        var height = radius * 2 / 6.6f;
        var baseline = radius - 2.3f - height;
        var middle = baseline + (height / 2);
        var stepDegrees = Math.Min(WidestArcDegrees / Math.Max(1, letters.Count - 1), height * 1.12f / middle * 180 / MathF.PI);
        var narrow = Math.Min(1f, stepDegrees * MathF.PI / 180 * middle / (height * 1.02f));
        for (var i = 0; i < letters.Count; i++)
        {
            var angle = (i - ((letters.Count - 1) / 2f)) * stepDegrees;
            canvas.Save();
            canvas.RotateDegrees(angle);
            canvas.Translate(0, -middle);
            canvas.Scale(narrow, 1);
            Letter(canvas, paint, letters[i], height);
            canvas.Restore();
        }
    }

    private static void Line(SKCanvas canvas, SKPaint paint, string line, float radius)
    {
        var letters = Letters(line);
        var height = radius * 2 / 10.5f;
        var width = Math.Min(height * 1.05f, radius * 1.15f / letters.Count);
        for (var i = 0; i < letters.Count; i++)
        {
            canvas.Save();
            canvas.Translate((i - ((letters.Count - 1) / 2f)) * width, radius * 0.56f);
            canvas.Scale(Math.Min(1f, width / height), 1);
            Letter(canvas, paint, letters[i], height);
            canvas.Restore();
        }
    }

    /// <summary>Centres a letter on the origin by its em box, so that all letters of a ring stand on one circle.</summary>
    private static void Letter(SKCanvas canvas, SKPaint paint, string letter, float height)
    {
        var rune = System.Text.Rune.GetRuneAt(letter, 0);
        var typeface = new[] { Fonts.Bold }.Concat(Fonts.Rare).Select(Fonts.Typeface).FirstOrDefault(t => t.GetGlyphs(letter)[0] != 0)
            ?? throw new ArgumentException($"No font has the character {letter} (U+{rune.Value:X}).", nameof(letter));
        using var font = new SKFont(typeface, height) { Edging = SKFontEdging.Antialias, Subpixel = true };
        canvas.DrawText(letter, 0, height * 0.38f, SKTextAlign.Center, font, paint);
    }

    private static List<string> Letters(string text)
    {
        var letters = text.EnumerateRunes().Where(r => !System.Text.Rune.IsWhiteSpace(r)).Select(r => r.ToString()).ToList();
        return letters.Count is > 0 and <= 40 ? letters : throw new ArgumentException("A seal's text has 1 to 40 characters.", nameof(text));
    }
}
