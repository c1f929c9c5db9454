using System.Text;
using SkiaSharp;
using Yinxin.License.Layout;
using Yinxin.Seal.Pictures;

namespace Yinxin.License.Rendering;

/// <summary>A character that no configured font has: a licence must never show a box instead of a name.</summary>
/// <param name="rune">The character.</param>
public sealed class MissingCharacterException(Rune rune) : Exception($"No font has the character {rune} (U+{rune.Value:X4}).")
{
    /// <summary>The character.</summary>
    public Rune Character { get; } = rune;
}

/// <summary>Draws a page as PDF with embedded subset fonts.</summary>
public static class PdfRenderer
{
    private const float PointsPerMm = 72 / 25.4f;

    /// <summary>Draws.</summary>
    /// <param name="page">The page.</param>
    /// <param name="title">Document title.</param>
    /// <param name="createdAt">Creation time in the metadata.</param>
    /// <exception cref="MissingCharacterException">No font has a character of the text.</exception>
    public static byte[] Render(Page page, string title, DateTimeOffset createdAt)
    {
        using var faces = new FaceSet(page);
        using var stream = new MemoryStream();
        var metadata = new SKDocumentPdfMetadata
        {
            Title = title,
            Producer = "Yinxin",
            Creation = createdAt.UtcDateTime,
            Modified = createdAt.UtcDateTime,
            RasterDpi = 300,
            EncodingQuality = 101,
        };
        using (var document = SKDocument.CreatePdf(stream, metadata))
        {
            var canvas = document.BeginPage(page.WidthMm * PointsPerMm, page.HeightMm * PointsPerMm);
            canvas.Scale(PointsPerMm);
            foreach (var element in page.Elements)
            {
                Draw(canvas, element, faces);
            }

            document.EndPage();
            document.Close();
        }

        return stream.ToArray();
    }

    private static void Draw(SKCanvas canvas, Element element, FaceSet faces)
    {
        using var paint = new SKPaint { IsAntialias = true };
        switch (element)
        {
            case RectangleElement rectangle:
                paint.Color = Color(rectangle.Color);
                paint.Style = rectangle.Stroke > 0 ? SKPaintStyle.Stroke : SKPaintStyle.Fill;
                paint.StrokeWidth = rectangle.Stroke;
                canvas.DrawRect(rectangle.X, rectangle.Y, rectangle.Width, rectangle.Height, paint);
                break;
            case ModulesElement modules:
                DrawModules(canvas, modules, paint);
                break;
            case TextElement text:
                paint.Color = Color(text.Color);
                DrawText(canvas, text, faces, paint);
                break;
            default:
                throw new ArgumentException($"{element.GetType().Name} cannot be drawn.", nameof(element));
        }
    }

    /// <summary>Rows of black modules as one path: neighbouring modules leave no hairline between them.</summary>
    private static void DrawModules(SKCanvas canvas, ModulesElement element, SKPaint paint)
    {
        var size = element.Size / element.Modules.Count;
        using var path = new SKPathBuilder();
        for (var y = 0; y < element.Modules.Count; y++)
        {
            var row = element.Modules[y];
            for (var x = 0; x < row.Count; x++)
            {
                var start = x;
                while (x < row.Count && row[x])
                {
                    x++;
                }

                if (x > start)
                {
                    path.AddRect(new SKRect(element.X + (start * size), element.Y + (y * size), element.X + (x * size), element.Y + ((y + 1) * size)));
                }
            }
        }

        paint.Color = SKColors.Black;
        paint.IsAntialias = false;
        using var shape = path.Detach();
        canvas.DrawPath(shape, paint);
    }

    private static void DrawText(SKCanvas canvas, TextElement text, FaceSet faces, SKPaint paint)
    {
        var runs = faces.Runs(text).ToList();
        var letters = text.Value.EnumerateRunes().Count();
        var width = runs.Sum(r => r.Font.MeasureText(r.Text)) + (text.Spacing * (letters - 1));
        var x = text.Alignment switch { Alignment.Center => text.X - (width / 2), Alignment.Right => text.X - width, _ => text.X };
        foreach (var (font, run) in runs)
        {
            if (text.Spacing == 0)
            {
                canvas.DrawText(run, x, text.Baseline, SKTextAlign.Left, font, paint);
                x += font.MeasureText(run);
            }
            else
            {
                foreach (var letter in run.EnumerateRunes().Select(r => r.ToString()))
                {
                    canvas.DrawText(letter, x, text.Baseline, SKTextAlign.Left, font, paint);
                    x += font.MeasureText(letter) + text.Spacing;
                }
            }

            font.Dispose();
        }
    }

    private static SKColor Color(uint rgb) => new(0xFF000000 | rgb);
}

/// <summary>The subset faces of one page, each character in the first font of the chain that has it.</summary>
internal sealed class FaceSet : IDisposable
{
    private readonly Dictionary<string, SKTypeface> subsets;

    public FaceSet(Page page)
    {
        var characters = new Dictionary<string, HashSet<int>>(StringComparer.Ordinal);
        foreach (var text in page.Elements.OfType<TextElement>())
        {
            foreach (var rune in text.Value.EnumerateRunes())
            {
                var file = FontFor(rune, text.Face);
                if (!characters.TryGetValue(file, out var set))
                {
                    characters[file] = set = [' '];
                }

                set.Add(rune.Value);
            }
        }

        subsets = characters.ToDictionary(
            pair => pair.Key,
            pair =>
            {
                using var data = SKData.CreateCopy(FontSubset.Make(pair.Key, pair.Value.Order()));
                return SKTypeface.FromData(data) ?? throw new InvalidOperationException($"The subset of {Path.GetFileName(pair.Key)} is no font.");
            },
            StringComparer.Ordinal);
    }

    /// <summary>A line as runs of one font each.</summary>
    public IEnumerable<(SKFont Font, string Text)> Runs(TextElement text)
    {
        var run = new StringBuilder();
        string? current = null;
        foreach (var rune in text.Value.EnumerateRunes())
        {
            var file = FontFor(rune, text.Face);
            if (current is not null && file != current)
            {
                yield return (Font(current, text.Size), run.ToString());
                run.Clear();
            }

            current = file;
            run.Append(rune.ToString());
        }

        if (current is not null)
        {
            yield return (Font(current, text.Size), run.ToString());
        }
    }

    public void Dispose()
    {
        foreach (var typeface in subsets.Values)
        {
            typeface.Dispose();
        }
    }

    private SKFont Font(string file, float size) => new(subsets[file], size) { Subpixel = true, LinearMetrics = true, Hinting = SKFontHinting.None };

    private static string FontFor(Rune rune, Face face)
    {
        var first = face == Face.Bold ? Fonts.Bold : Fonts.Regular;
        if (Has(first, rune))
        {
            return first;
        }

        return Fonts.Rare.FirstOrDefault(f => Has(f, rune)) ?? throw new MissingCharacterException(rune);
    }

    private static bool Has(string file, Rune rune) => Fonts.Typeface(file).GetGlyphs(rune.ToString())[0] != 0;
}
