namespace Yinxin.Identity.Server.Data;

/// <summary>What a page shows of a number: enough to recognise one's own, too little to learn another's.</summary>
internal static class Masking
{
    private const int CitizenNumber = 18;

    /// <summary>Birth digits never appear (registration guide): <c>3401**********1234</c>. Of other documents' numbers less is shown.</summary>
    public static string IdNumber(string value) => value.Length == CitizenNumber ? $"{value[..4]}{new string('*', CitizenNumber - 8)}{value[^4..]}"
        : value.Length < 8 ? new string('*', value.Length) : $"{value[..3]}{new string('*', value.Length - 5)}{value[^2..]}";

    /// <summary>The beginning of an organisation's name: who represents it recognises it, <c>合肥样例***</c>.</summary>
    public static string Organisation(string name)
    {
        const int shown = 4;
        var characters = new System.Globalization.StringInfo(name);
        return name.Length == 0 ? "" : characters.LengthInTextElements <= shown ? characters.SubstringByTextElements(0, 1) + "***" : characters.SubstringByTextElements(0, shown) + "***";
    }

    /// <summary>Without the country's prefix: 138****0001 is what its owner knows.</summary>
    public static string Phone(string value) => value.StartsWith("+86", StringComparison.Ordinal) ? Phone(value[3..]) : value.Length < 7 ? new string('*', value.Length) : $"{value[..3]}****{value[^4..]}";
}
