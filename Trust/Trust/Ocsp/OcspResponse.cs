using System.Formats.Asn1;
using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Revocation;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Ocsp;

/// <summary>A response as it was received (RFC 6960 §4.2). What it says counts only after <see cref="Verify"/>.</summary>
public sealed class OcspResponse
{
    private const int Largest = 128 * 1024;
    private const int MostCertificates = 10;
    private const int MostAnswers = 1000;

    private OcspResponse(OcspResponseStatus status) => Status = status;

    /// <summary>Whether it has an answer, or why not.</summary>
    public OcspResponseStatus Status { get; }

    /// <summary>When it was signed.</summary>
    public DateTimeOffset ProducedAt { get; private set; }

    /// <summary>One for each certificate that it speaks of.</summary>
    public IReadOnlyList<OcspAnswer> Answers { get; private set; } = [];

    /// <summary>The nonce in it.</summary>
    public ReadOnlyMemory<byte>? Nonce { get; private set; }

    /// <summary>Certificates of the responder, trusted or not.</summary>
    public IReadOnlyList<X509Certificate> Certificates { get; private set; } = [];

    /// <summary>DER of the name by which the responder names itself, or null.</summary>
    internal ReadOnlyMemory<byte>? ResponderName { get; private set; }

    /// <summary>SHA-1 of the key by which the responder names itself, or null.</summary>
    internal ReadOnlyMemory<byte>? ResponderKey { get; private set; }

    /// <summary>Critical extensions that are not known here.</summary>
    internal bool HasUnknownCriticalExtension { get; private set; }

    internal ReadOnlyMemory<byte> SignedData { get; private set; }

    internal ReadOnlyMemory<byte> Signature { get; private set; }

    internal AlgorithmIdentifier? SignatureAlgorithm { get; private set; }

    /// <summary>Reads a response.</summary>
    /// <param name="der">Exactly one OCSPResponse.</param>
    /// <exception cref="CryptographicException">Not DER of that structure, of a type other than basic, or too large.</exception>
    public static OcspResponse Read(ReadOnlyMemory<byte> der)
    {
        if (der.Length > Largest)
        {
            throw new CryptographicException("The OCSP response is too large.");
        }

        try
        {
            var reader = new AsnReader(der, AsnEncodingRules.DER);
            var outer = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            var response = new OcspResponse(outer.ReadEnumeratedValue<OcspResponseStatus>());
            var bytes = outer.Explicit(0);
            outer.ThrowIfNotEmpty();
            if (!Enum.IsDefined(response.Status) || bytes is null != (response.Status != OcspResponseStatus.Successful))
            {
                throw new CryptographicException("The response has an answer exactly if it is successful.");
            }

            if (bytes is not null)
            {
                response.ReadBytes(bytes);
            }

            return response;
        }
        catch (Exception e) when (e is AsnContentException || Malformed.Is(e))
        {
            throw new CryptographicException("Not a DER OCSP response.", e);
        }
    }

    /// <summary>Judges the response for one certificate.</summary>
    public OcspResult Verify(OcspExpectation expectation) => OcspVerification.Verify(this, expectation);

    private void ReadBytes(AsnReader reader)
    {
        var bytes = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        if (bytes.ReadObjectIdentifier() != OcspIdentifiers.Basic)
        {
            throw new CryptographicException("Only basic OCSP responses are known.");
        }

        var content = new AsnReader(bytes.ReadOctetString(), AsnEncodingRules.DER);
        bytes.ThrowIfNotEmpty();
        var basic = content.ReadSequence();
        content.ThrowIfNotEmpty();
        SignedData = basic.ReadEncodedValue();
        SignatureAlgorithm = AlgorithmIdentifier.GetInstance(basic.ReadEncodedValue().ToArray());
        Signature = basic.ReadBitString(out var unused);
        if (unused != 0)
        {
            throw new CryptographicException("The signature has unused bits.");
        }

        if (basic.Explicit(0) is { } certificates)
        {
            Certificates = ReadCertificates(certificates);
        }

        basic.ThrowIfNotEmpty();
        ReadData(new AsnReader(SignedData, AsnEncodingRules.DER).ReadSequence());
    }

    private static List<X509Certificate> ReadCertificates(AsnReader reader)
    {
        var list = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        var certificates = new List<X509Certificate>();
        while (list.HasData)
        {
            certificates.Add(certificates.Count < MostCertificates
                ? CertificateReading.Read(list.ReadEncodedValue().Span) : throw new CryptographicException("The response carries too many certificates."));
        }

        return certificates;
    }

    private void ReadData(AsnReader data)
    {
        data.DemandFirstVersion();
        if (data.Explicit(1) is { } name)
        {
            ResponderName = name.ReadEncodedValue();
            name.ThrowIfNotEmpty();
        }
        else
        {
            var key = data.Explicit(2) ?? throw new CryptographicException("The response does not name its responder.");
            ResponderKey = key.ReadOctetString();
            key.ThrowIfNotEmpty();
        }

        ProducedAt = data.ReadGeneralizedTime();
        var list = data.ReadSequence();
        var answers = new List<OcspAnswer>();
        while (list.HasData)
        {
            answers.Add(answers.Count < MostAnswers ? ReadAnswer(list.ReadSequence()) : throw new CryptographicException("The response has too many answers."));
        }

        Answers = answers;
        var extensions = data.Explicit(1)?.Extensions();
        data.ThrowIfNotEmpty();
        Nonce = extensions?.Nonce();
        Note(extensions, OcspIdentifiers.Nonce, OcspIdentifiers.ExtendedRevoke);
    }

    private OcspAnswer ReadAnswer(AsnReader single)
    {
        var id = CertificateId.Read(single);
        var (status, revokedAt, reason) = ReadStatus(single);
        var thisUpdate = single.ReadGeneralizedTime();
        DateTimeOffset? nextUpdate = null;
        if (single.Explicit(0) is { } next)
        {
            nextUpdate = next.ReadGeneralizedTime();
            next.ThrowIfNotEmpty();
        }

        var extensions = single.Explicit(1)?.Extensions();
        single.ThrowIfNotEmpty();
        Note(extensions, OcspIdentifiers.ArchiveCutoff);
        DateTimeOffset? cutoff = extensions?.TryGetValue(OcspIdentifiers.ArchiveCutoff, out var value) == true
            ? new AsnReader(value.Value, AsnEncodingRules.DER).ReadGeneralizedTime() : null;
        return new OcspAnswer(id, status, thisUpdate, nextUpdate) { RevokedAt = revokedAt, Reason = reason, ArchiveCutoff = cutoff };
    }

    private static (OcspCertificateStatus Status, DateTimeOffset? RevokedAt, RevocationReason? Reason) ReadStatus(AsnReader single)
    {
        var tag = single.PeekTag();
        if (tag.HasSameClassAndValue(OcspReading.Tag(1)))
        {
            var revoked = single.ReadSequence(OcspReading.Tag(1));
            var at = revoked.ReadGeneralizedTime();
            RevocationReason? reason = null;
            if (revoked.Explicit(0) is { } given)
            {
                reason = given.ReadEnumeratedValue<RevocationReason>();
                given.ThrowIfNotEmpty();
            }

            revoked.ThrowIfNotEmpty();
            return reason is null || Enum.IsDefined(reason.Value)
                ? (OcspCertificateStatus.Revoked, at, reason) : throw new CryptographicException("The reason of a revocation is not known.");
        }

        single.ReadNull(tag.HasSameClassAndValue(OcspReading.Tag(0)) ? OcspReading.Tag(0, constructed: false) : OcspReading.Tag(2, constructed: false));
        return (tag.TagValue == 0 ? OcspCertificateStatus.Good : OcspCertificateStatus.Unknown, null, null);
    }

    private void Note(Dictionary<string, OcspExtension>? extensions, params string[] known) =>
        HasUnknownCriticalExtension |= extensions?.Any(e => e.Value.Critical && !known.Contains(e.Key, StringComparer.Ordinal)) == true;
}
