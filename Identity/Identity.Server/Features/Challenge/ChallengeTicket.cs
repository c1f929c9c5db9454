using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace Yinxin.Identity.Server.Features.Challenge;

/// <summary>What a form is given and gives back. Sealed: the browser can neither read nor change it.</summary>
/// <param name="Id">Spent once.</param>
/// <param name="Purpose">One of <see cref="ChallengePurposes"/>.</param>
/// <param name="Subject">Keyed hash of what was typed.</param>
/// <param name="Work">Tries at most.</param>
/// <param name="Answer">The half of the derived key that the browser is not told, in hex.</param>
/// <param name="Prefix">The half that it looks for.</param>
/// <param name="Nonce">In hex.</param>
/// <param name="Salt">In hex.</param>
/// <param name="Rounds">Of PBKDF2.</param>
/// <param name="WaitOver">From here on the time that has passed counts in place of the work.</param>
/// <param name="ExpiresAt">Worth nothing afterwards.</param>
internal sealed record ChallengeTicket(
    Guid Id, string Purpose, string Subject, int Work, string Answer, string Prefix, string Nonce, string Salt, int Rounds, DateTimeOffset WaitOver, DateTimeOffset ExpiresAt)
{
    /// <summary>What altcha's worker takes as <c>challenge.parameters</c>.</summary>
    public string Parameters() => JsonSerializer.Serialize(
        new { algorithm = "PBKDF2/SHA-256", nonce = Nonce, salt = Salt, cost = Rounds, keyLength = 32, keyPrefix = Prefix, work = Work }, JsonSerializerOptions.Web);

    public bool IsAnsweredBy(string proof) =>
        proof.Length == Answer.Length && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(proof.ToLowerInvariant()), Encoding.ASCII.GetBytes(Answer));
}

/// <summary>Makes tickets, seals and opens them, with the keys that all nodes share.</summary>
internal sealed class ChallengeTickets(IDataProtectionProvider protection)
{
    private const int Longest = 4000;
    private readonly IDataProtector protector = protection.CreateProtector("challenge");

    /// <summary>
    /// The server chooses the counter at which the search ends, so the work has an upper bound; half of the key found there is what proves it, since the counter alone could be guessed.
    /// </summary>
    public static ChallengeTicket New(string purpose, string subject, int work, int rounds, DateTimeOffset waitOver, DateTimeOffset expiresAt)
    {
        var (nonce, salt) = (RandomNumberGenerator.GetBytes(16), RandomNumberGenerator.GetBytes(16));
        var password = new byte[nonce.Length + sizeof(uint)];
        nonce.CopyTo(password, 0);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(password.AsSpan(nonce.Length), (uint)RandomNumberGenerator.GetInt32(work));
        var key = Rfc2898DeriveBytes.Pbkdf2(password, salt, rounds, HashAlgorithmName.SHA256, 32);
        return new ChallengeTicket(
            Guid.CreateVersion7(), purpose, subject, work, Convert.ToHexStringLower(key.AsSpan(16)), Convert.ToHexStringLower(key.AsSpan(0, 16)),
            Convert.ToHexStringLower(nonce), Convert.ToHexStringLower(salt), rounds, waitOver, expiresAt);
    }

    public string Seal(ChallengeTicket ticket) => protector.Protect(JsonSerializer.Serialize(ticket));

    /// <returns>Null when it is not one of ours.</returns>
    public ChallengeTicket? Open(string? given)
    {
        if (given is not { Length: > 0 and <= Longest })
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<ChallengeTicket>(protector.Unprotect(given));
        }
        catch (Exception e) when (e is CryptographicException or FormatException or JsonException)
        {
            return null;
        }
    }
}
