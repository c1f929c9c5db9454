using System.Collections.Concurrent;
using SkiaSharp;

namespace Yinxin.Seal.Pictures;

/// <summary>The font files of seals and licences, in the order in which a character is looked for. A province may put its licensed faces first.</summary>
public static class Fonts
{
    private static readonly string Directory = Path.Combine(AppContext.BaseDirectory, "fonts");
    private static readonly ConcurrentDictionary<string, SKTypeface> Typefaces = new(StringComparer.Ordinal);

    /// <summary>宋体-like text face.</summary>
    public static string Regular { get; } = Path.Combine(Directory, "NotoSerifSC-Regular.ttf");

    /// <summary>宋体-like face for titles and seals.</summary>
    public static string Bold { get; } = Path.Combine(Directory, "NotoSerifSC-Bold.ttf");

    /// <summary>Faces for rare characters, used where the system has them (Debian: fonts-lxgw-wenkai).</summary>
    public static IReadOnlyList<string> Rare { get; } = [.. new[]
    {
        Path.Combine(Directory, "rare.ttf"), "/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf",
    }.Where(File.Exists)];

    /// <summary>The face of a file, opened once.</summary>
    /// <exception cref="FileNotFoundException">The build did not copy the fonts beside the program.</exception>
    public static SKTypeface Typeface(string path) => Typefaces.GetOrAdd(path, static p =>
        SKTypeface.FromFile(p) ?? throw new FileNotFoundException($"{p} is missing or no font; the build copies the fonts beside the program."));
}
