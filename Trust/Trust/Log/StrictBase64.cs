namespace Yinxin.Trust.Log;

/// <summary>Base64 (RFC 4648 §4) in its one spelling: no blanks, no bits left over.</summary>
internal static class StrictBase64
{
    public static bool TryDecode(string text, out byte[] bytes)
    {
        var buffer = new byte[text.Length / 4 * 3];
        if (text.Length % 4 != 0 || !Convert.TryFromBase64String(text, buffer, out var written))
        {
            bytes = [];
            return false;
        }

        bytes = buffer[..written];
        return Convert.ToBase64String(bytes) == text;
    }
}
