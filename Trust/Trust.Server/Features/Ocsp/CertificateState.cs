using Yinxin.Trust.Ocsp;
using Yinxin.Trust.Revocation;
using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Server.Features.Ocsp;

/// <summary>What is known of one certificate, and the answers that were signed about it; dropped as a whole when its status changes.</summary>
internal sealed class CertificateState(CertificateStatus status, DateTimeOffset? revokedAt, int? reason, DateTimeOffset notAfter)
{
    /// <summary>One for each way to write the id; a caller cannot make more than a few.</summary>
    private volatile KeptAnswer[] kept = [];

    /// <summary>The answer kept for this spelling of the id, if it is still good.</summary>
    public KeptAnswer? Kept(ReadOnlySpan<byte> algorithm, DateTimeOffset now)
    {
        foreach (var answer in kept)
        {
            if (answer.Algorithm.Span.SequenceEqual(algorithm))
            {
                return now < answer.Until && now >= answer.ThisUpdate ? answer : null;
            }
        }

        return null;
    }

    public void Keep(KeptAnswer answer) => kept = [.. kept.Where(k => !k.Algorithm.Span.SequenceEqual(answer.Algorithm.Span)), answer];

    public OcspAnswer Answer(CertificateId id, DateTimeOffset now, DateTimeOffset next, DateTimeOffset archive) => new(
        id, status == CertificateStatus.Valid ? OcspCertificateStatus.Good : OcspCertificateStatus.Revoked, now, next)
    {
        RevokedAt = revokedAt,
        Reason = (RevocationReason?)reason,
        ArchiveCutoff = now > notAfter ? archive : null,
    };
}

/// <summary>A signed answer with the headers that go with it.</summary>
/// <param name="Algorithm">How the request writes its hash algorithm: the answer repeats it.</param>
/// <param name="Der">The response.</param>
/// <param name="ThisUpdate">When it was signed.</param>
/// <param name="NextUpdate">Its end.</param>
/// <param name="Until">When it is signed anew.</param>
/// <param name="Headers">Ready-made texts.</param>
internal sealed record KeptAnswer(
    ReadOnlyMemory<byte> Algorithm, byte[] Der, DateTimeOffset ThisUpdate, DateTimeOffset NextUpdate, DateTimeOffset Until, AnswerHeaders Headers);

/// <summary>ETag, Last-Modified and Expires of an answer.</summary>
internal sealed record AnswerHeaders(string Tag, string LastModified, string Expires);
