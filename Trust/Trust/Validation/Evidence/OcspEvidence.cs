using Org.BouncyCastle.Asn1.X509;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Certificates.Paths.Revocation;
using Yinxin.Trust.Ocsp;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Validation.Evidence;

/// <summary>One answer of an OCSP response (RFC 6960).</summary>
public sealed class OcspEvidence : RevocationEvidence, IRevocationSource
{
    private readonly OcspResponse response;
    private readonly OcspAnswer answer;

    private OcspEvidence(OcspResponse response, OcspAnswer answer, EvidenceKey key)
    {
        this.response = response;
        this.answer = answer;
        Key = key;
    }

    /// <inheritdoc/>
    public override string Kind => "OCSP";

    /// <inheritdoc/>
    public override EvidenceKey Key { get; }

    /// <inheritdoc/>
    public override DateTimeOffset IssuedAt => answer.ThisUpdate;

    /// <inheritdoc/>
    public override DateTimeOffset? NextUpdate => answer.NextUpdate;

    /// <inheritdoc/>
    public override DateTimeOffset? ExpiredSince => answer.ArchiveCutoff;

    /// <inheritdoc/>
    public override AlgorithmIdentifier Algorithm => response.SignatureAlgorithm!;

    /// <inheritdoc/>
    public override IRevocationSource Source => this;

    /// <summary>Reads a response; one piece of evidence for each answer in it, none when it only says why it has none.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It is not one.</exception>
    public static IReadOnlyList<OcspEvidence> Read(ReadOnlyMemory<byte> der)
    {
        var response = OcspResponse.Read(der);
        var key = EvidenceKey.Of(der.Span);
        return response.SignatureAlgorithm is null ? [] : [.. response.Answers.Select(a => new OcspEvidence(response, a, key))];
    }

    /// <inheritdoc/>
    public override bool MaySpeakFor(PathCertificate certificate) => answer.Certificate.SerialNumber.Span.SequenceEqual(certificate.SerialNumber.Span);

    /// <summary>The answer as of its own time; the responder is the issuer, or appointed by it.</summary>
    public RevocationAnswer Ask(RevocationQuestion question)
    {
        var expectation = new OcspExpectation(CertificateReading.Read(question.Certificate.Encoded.Span), CertificateReading.Read(question.Issuer.Encoded.Span), question.Request.At)
        {
            AcceptSha1 = question.Profile.OldAlgorithms,
            ClockTolerance = TimeSpan.FromDays(1),
        };
        var result = response.Verify(expectation);
        if (result.Answer is not { } verified || verified != answer)
        {
            var failed = result.Checks.FirstOrDefault(c => c.Outcome != Outcome.Passed);
            return new RevocationAnswer(RevocationStatus.Unknown, failed?.Code ?? "ocsp", failed?.Detail ?? "The OCSP response does not answer for the certificate.");
        }

        foreach (var responder in response.Certificates)
        {
            // Its own validity is weighed with the answer, as that of another signer of lists.
            question.Signers.Key(PathCertificate.Of(responder));
        }

        var subject = question.Certificate.Subject;
        return answer.Status switch
        {
            OcspCertificateStatus.Good => new RevocationAnswer(RevocationStatus.Good, "good", $"{subject} is not revoked."),
            OcspCertificateStatus.Revoked => new RevocationAnswer(
                RevocationStatus.Revoked, "revoked", FormattableString.Invariant($"{subject} was revoked at {answer.RevokedAt:u}, reason {(int?)answer.Reason ?? 0}."), answer.RevokedAt, (int?)answer.Reason),
            _ => new RevocationAnswer(RevocationStatus.Unknown, "unknown", $"The responder does not know {subject}."),
        };
    }
}
