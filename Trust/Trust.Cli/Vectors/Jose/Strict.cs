using System.Buffers.Text;

namespace Yinxin.Trust.Cli.Vectors.Jose;

/// <summary>base64url in its one form (RFC 7515 §2): no padding, no white space, unused bits zero; so that a text has one meaning and a meaning one text.</summary>
internal static class Strict
{
    public static byte[]? Decode(string text)
    {
        if (text.Any(c => !(char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) || text.Length % 4 == 1)
        {
            return null;
        }

        try
        {
            var bytes = Base64Url.DecodeFromChars(text);
            return Base64Url.EncodeToString(bytes) == text ? bytes : null;
        }
        catch (FormatException)
        {
            // The decoder says so of unused bits that are not zero.
            return null;
        }
    }
}
