using System.Security.Cryptography;
using System.Text;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Assurance.Evidences;

/// <summary>
/// The source's answer beside a record. It is personal data and is encrypted; the record's digest binds it, salted, so that the digest alone tells nothing
/// and outlives the answer.
/// </summary>
internal static class EvidenceReceipt
{
    private const int SaltLength = 32;
    private const int Longest = 64 * 1024;

    /// <param name="evidence">A record that is not stored yet.</param>
    /// <param name="personal">Encrypts.</param>
    /// <param name="answer">The answer as it came, e.g. a JWS.</param>
    /// <param name="secret">Of a person who is not stored yet; null: the subject's own, if there is one.</param>
    /// <exception cref="ArgumentException">The answer is larger than any adapter lets in.</exception>
    public static void Attach(Evidence evidence, PersonalData personal, string answer, PersonSecret? secret = null)
    {
        if (answer.Length > Longest)
        {
            throw new ArgumentException("The answer is too long for a receipt.", nameof(answer));
        }

        var salted = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SaltLength)) + answer;
        evidence.ReceiptCipher = secret is null ? personal.ProtectFor(evidence.SubjectId, Purposes.Receipt, salted) : personal.ProtectWith(secret, Purposes.Receipt, salted);
        evidence.Digest = DigestOf(salted);
    }

    /// <summary>The answer, compared with the digest that the chain holds.</summary>
    /// <returns>Null when there is none, or it was erased.</returns>
    /// <exception cref="CryptographicException">It is not the answer of this record.</exception>
    public static string? Read(Evidence evidence, PersonalData personal)
    {
        if (evidence.ReceiptCipher is null)
        {
            return null;
        }

        var salted = personal.Unprotect(Purposes.Receipt, evidence.ReceiptCipher);
        return DigestOf(salted) == evidence.Digest ? salted[(SaltLength * 2)..] : throw new CryptographicException("The receipt is not the one of this evidence.");
    }

    private static string DigestOf(string salted) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(salted)));
}
