using System.Buffers.Text;

namespace Yinxin.Trust.Server.Features.Acme.Messages;

/// <summary>base64url in its one form, without padding (RFC 7515 §2, RFC 8555 §6.1).</summary>
internal static class StrictBase64Url
{
    /// <returns>Null when it is anything else.</returns>
    public static byte[]? Decode(string? text)
    {
        try
        {
            return text is not null && Base64Url.DecodeFromChars(text) is var bytes && Base64Url.EncodeToString(bytes) == text ? bytes : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
