namespace Yinxin.Identity.Server.Data;

/// <summary>What a page shows of a number: enough to recognise one's own, too little to learn another's.</summary>
internal static class Masking
{
    /// <summary>Birth digits never appear (registration guide).</summary>
    public static string IdNumber(string value) => value.Length < 8 ? new string('*', value.Length) : $"{value[..3]}{new string('*', value.Length - 5)}{value[^2..]}";

    public static string Phone(string value) => value.Length < 7 ? new string('*', value.Length) : $"{value[..3]}****{value[^4..]}";
}
