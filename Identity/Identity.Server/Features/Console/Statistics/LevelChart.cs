using System.Globalization;

namespace Yinxin.Identity.Server.Features.Console.Statistics;

/// <summary>Lines of a chart as points; the same figures stand in a table beside it.</summary>
internal sealed class LevelChart(IReadOnlyList<LevelsOfDay> days)
{
    public const int Width = 640;
    public const int Height = 240;
    public const int Left = 56;
    private const int Margin = 16;
    private const int Bottom = 28;
    private const int Ground = Height - Bottom;

    /// <summary>The axis ends at a round number above every value.</summary>
    public long Top { get; } = Round(days.Count == 0 ? 0 : days.Max(d => Math.Max(d.Primary, d.Intermediate)));

    public string Points(Func<LevelsOfDay, long> value) => string.Join(' ', days.Select((d, i) => string.Create(CultureInfo.InvariantCulture, $"{X(i):0.#},{Y(value(d)):0.#}")));

    public double Y(long value) => Ground - ((double)value / Top * (Ground - Margin));

    public static string Text(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);

    private double X(int i) => Left + (days.Count < 2 ? 0 : (double)i / (days.Count - 1) * (Width - Left - Margin));

    private static long Round(long most)
    {
        var unit = 1L;
        while (unit * 10 <= most)
        {
            unit *= 10;
        }

        return Math.Max(4, (most + unit - 1) / unit * unit);
    }
}
