using System.Security.Cryptography;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Recovery;

/// <summary>The number on a counter's ticket: eighty random bits in letters and digits that cannot be taken for one another.</summary>
internal static class RecoveryTickets
{
    private const string Alphabet = "23456789abcdefghjkmnpqrstuvwxyz";

    public static string New() => string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString(Alphabet, 4)));

    public static string Hash(PersonalData personal, string ticket) =>
        personal.Index(Purposes.RecoveryTicket, new string([.. TypedText.Normalise(ticket).ToLowerInvariant().Where(char.IsAsciiLetterOrDigit)]));
}
