using System.Globalization;
using System.Text.RegularExpressions;

namespace Yinxin.Bench;

/// <summary>One measured value, and its ratio to a peer or a limit of the same run.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The measured value.</param>
/// <param name="Unit">Its unit, e.g. <c>1/s</c>, <c>ms</c>, <c>MB</c>.</param>
/// <param name="Ratio">Ours divided by the peer's or limit's.</param>
/// <param name="Target">The ratio or value that was aimed at; a bound with the figure's unit, or of a figure without a ratio, is one of the value. Words without a bound (<c>flat</c>) are not judged.</param>
internal sealed partial record Figure(string Name, double Value, string Unit, double? Ratio = null, string? Target = null)
{
    /// <summary>Whether a bound of the target is not kept.</summary>
    public bool IsMissed => Target is { } target && Bounds().Matches(target).Any(bound => !IsKept(target, bound));

    private bool IsKept(string target, Match bound)
    {
        var limit = double.Parse(bound.Groups["limit"].Value, NumberStyles.Number, CultureInfo.InvariantCulture);
        var ofValue = Unit.Length > 0 && target[(bound.Index + bound.Length)..].TrimStart().StartsWith(Unit, StringComparison.Ordinal);
        var measured = ofValue ? Value : Ratio ?? Value;
        return bound.Groups["sign"].Value switch { "≥" => measured >= limit, "≤" => measured <= limit, _ => measured < limit };
    }

    [GeneratedRegex("(?<sign>[≥≤<]) *(?<limit>[0-9]+(,[0-9]{3})*(\\.[0-9]+)?)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Bounds();
}
