using System.Security.Cryptography;
using System.Text;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Disputes;

/// <summary>Numbers of disputes, and the code by which the holder of a disputed account answers although nobody can sign in to it.</summary>
internal static class DisputeNumbers
{
    private const string Alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

    /// <summary>Fifty random bits in letters and digits that cannot be taken for one another.</summary>
    public static string New() => $"{RandomNumberGenerator.GetString(Alphabet, 5)}-{RandomNumberGenerator.GetString(Alphabet, 5)}";

    /// <summary>As it is stored, however it was typed.</summary>
    public static string? Normalise(string? typed)
    {
        var text = new string([.. TypedText.Normalise(typed ?? "").ToUpperInvariant().Where(char.IsAsciiLetterOrDigit).Take(11)]);
        return text.Length == 10 ? $"{text[..5]}-{text[5..]}" : null;
    }

    /// <summary>The code in the holder's message: made from the dispute's key by the server's secret, so that it is stored nowhere and can be sent again.</summary>
    public static string HolderCode(PersonalData personal, Guid dispute)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes("holder:" + personal.PassingIndex(Purposes.RecoveryTicket, "dispute:" + dispute.ToString("N"))));
        var letters = bytes.Take(12).Select(b => Alphabet[b % Alphabet.Length]).ToArray();
        return string.Join('-', letters.Chunk(4).Select(part => new string(part))).ToLowerInvariant();
    }
}
