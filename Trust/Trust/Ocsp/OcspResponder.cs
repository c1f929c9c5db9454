using System.Formats.Asn1;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Ocsp;

/// <summary>Signs OCSP responses in the name of a CA (RFC 6960 §4.2, both suites). The responder is named by its subject, so that no digest but the suite's own is needed.</summary>
/// <param name="signer">The key that the CA appointed, or the CA's own.</param>
/// <param name="certificate">Its certificate; it goes into each response.</param>
public sealed class OcspResponder(ISigner signer, X509Certificate certificate)
{
    private readonly byte[] name = certificate.SubjectDN.GetDerEncoded();
    private readonly byte[] encoded = certificate.GetEncoded();
    private readonly byte[] algorithm = signer.Algorithm.Identifier().GetDerEncoded();

    /// <summary>A response without an answer; it carries no signature (§2.3).</summary>
    public static byte[] Error(OcspResponseStatus status)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEnumeratedValue(status);
        }

        return writer.Encode();
    }

    /// <summary>Signs answers.</summary>
    /// <param name="answers">One for each certificate of the request, in its order.</param>
    /// <param name="producedAt">Now.</param>
    /// <param name="nonce">The request's.</param>
    /// <returns>DER OCSPResponse.</returns>
    public byte[] Sign(IReadOnlyList<OcspAnswer> answers, DateTimeOffset producedAt, ReadOnlyMemory<byte>? nonce = null)
    {
        var data = Data(answers, producedAt, nonce);
        var basic = new AsnWriter(AsnEncodingRules.DER);
        using (basic.PushSequence())
        {
            basic.WriteEncodedValue(data);
            basic.WriteEncodedValue(algorithm);
            basic.WriteBitString(signer.Sign(data));
            using (basic.PushSequence(OcspReading.Tag(0)))
            using (basic.PushSequence())
            {
                basic.WriteEncodedValue(encoded);
            }
        }

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEnumeratedValue(OcspResponseStatus.Successful);
            using (writer.PushSequence(OcspReading.Tag(0)))
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(OcspIdentifiers.Basic);
                writer.WriteOctetString(basic.Encode());
            }
        }

        return writer.Encode();
    }

    private byte[] Data(IReadOnlyList<OcspAnswer> answers, DateTimeOffset producedAt, ReadOnlyMemory<byte>? nonce)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence(OcspReading.Tag(1)))
            {
                writer.WriteEncodedValue(name);
            }

            writer.WriteGeneralizedTime(producedAt, omitFractionalSeconds: true);
            using (writer.PushSequence())
            {
                foreach (var answer in answers)
                {
                    Write(writer, answer);
                }
            }

            // §2.2: «revoked» for what was never issued needs the extension by which the responder says that it does so.
            var extended = answers.Any(a => a.IsNeverIssued);
            if (nonce is not null || extended)
            {
                WriteExtensions(writer, nonce, extended);
            }
        }

        return writer.Encode();
    }

    private static void WriteExtensions(AsnWriter writer, ReadOnlyMemory<byte>? nonce, bool extended)
    {
        using (writer.PushSequence(OcspReading.Tag(1)))
        using (writer.PushSequence())
        {
            if (nonce is { } value)
            {
                OcspWriting.Nonce(writer, value.Span);
            }

            if (extended)
            {
                OcspWriting.Extension(writer, OcspIdentifiers.ExtendedRevoke, [0x05, 0x00]);
            }
        }
    }

    private static void Write(AsnWriter writer, OcspAnswer answer)
    {
        using (writer.PushSequence())
        {
            answer.Certificate.Write(writer);
            WriteStatus(writer, answer);
            writer.WriteGeneralizedTime(answer.ThisUpdate, omitFractionalSeconds: true);
            if (answer.NextUpdate is { } next)
            {
                using (writer.PushSequence(OcspReading.Tag(0)))
                {
                    writer.WriteGeneralizedTime(next, omitFractionalSeconds: true);
                }
            }

            if (answer.ArchiveCutoff is { } cutoff)
            {
                var value = new AsnWriter(AsnEncodingRules.DER);
                value.WriteGeneralizedTime(cutoff, omitFractionalSeconds: true);
                using (writer.PushSequence(OcspReading.Tag(1)))
                using (writer.PushSequence())
                {
                    OcspWriting.Extension(writer, OcspIdentifiers.ArchiveCutoff, value.Encode());
                }
            }
        }
    }

    private static void WriteStatus(AsnWriter writer, OcspAnswer answer)
    {
        if (answer.Status != OcspCertificateStatus.Revoked)
        {
            writer.WriteNull(OcspReading.Tag(answer.Status == OcspCertificateStatus.Good ? 0 : 2, constructed: false));
            return;
        }

        using (writer.PushSequence(OcspReading.Tag(1)))
        {
            writer.WriteGeneralizedTime(answer.RevokedAt ?? throw new ArgumentException("A revoked certificate has a time of revocation.", nameof(answer)), omitFractionalSeconds: true);
            if (answer.Reason is { } reason and not Revocation.RevocationReason.Unspecified)
            {
                using (writer.PushSequence(OcspReading.Tag(0)))
                {
                    writer.WriteEnumeratedValue(reason);
                }
            }
        }
    }
}
