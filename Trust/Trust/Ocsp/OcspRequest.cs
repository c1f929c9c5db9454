using System.Formats.Asn1;
using System.Security.Cryptography;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Ocsp;

/// <summary>A question about the status of certificates (RFC 6960 §4.1). A signature on it is neither asked for nor looked at.</summary>
/// <param name="Certificates">About which.</param>
/// <param name="Nonce">Binds the answer to this question (RFC 9654), or null.</param>
public sealed record OcspRequest(IReadOnlyList<CertificateId> Certificates, ReadOnlyMemory<byte>? Nonce)
{
    /// <summary>The longest nonce, in bytes (RFC 9654 §2.1).</summary>
    public const int LongestNonce = 128;

    /// <summary>The longest request that is read, in bytes.</summary>
    public const int Largest = 8 * 1024;

    /// <summary>A fresh nonce of 32 bytes, as RFC 9654 §2.1 recommends.</summary>
    public static byte[] NewNonce() => RandomNumberGenerator.GetBytes(32);

    /// <summary>Reads a request.</summary>
    /// <param name="der">Exactly one OCSPRequest.</param>
    /// <exception cref="CryptographicException">Not DER, a version or a critical extension that is not known, a nonce of the wrong length, or no certificate named.</exception>
    public static OcspRequest Read(ReadOnlyMemory<byte> der)
    {
        if (der.Length > Largest)
        {
            throw new CryptographicException("The OCSP request is too large.");
        }

        try
        {
            var reader = new AsnReader(der, AsnEncodingRules.DER);
            var request = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            var tbs = request.ReadSequence();
            if (request.Explicit(0) is { } signature)
            {
                signature.ReadSequence();
                signature.ThrowIfNotEmpty();
            }

            request.ThrowIfNotEmpty();
            return ReadTbs(tbs);
        }
        catch (Exception e) when (e is AsnContentException || Malformed.Is(e))
        {
            throw new CryptographicException("Not a DER OCSP request.", e);
        }
    }

    /// <summary>The request as DER.</summary>
    public byte[] Encode()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                foreach (var certificate in Certificates)
                {
                    using (writer.PushSequence())
                    {
                        certificate.Write(writer);
                    }
                }
            }

            if (Nonce is { } nonce)
            {
                using (writer.PushSequence(OcspReading.Tag(2)))
                using (writer.PushSequence())
                {
                    OcspWriting.Nonce(writer, nonce.Span);
                }
            }
        }

        return writer.Encode();
    }

    private static OcspRequest ReadTbs(AsnReader tbs)
    {
        tbs.DemandFirstVersion();
        if (tbs.Explicit(1) is { } name)
        {
            name.ReadEncodedValue();
            name.ThrowIfNotEmpty();
        }

        var list = tbs.ReadSequence();
        var certificates = new List<CertificateId>();
        while (list.HasData)
        {
            var single = list.ReadSequence();
            certificates.Add(CertificateId.Read(single));
            DemandKnown(single.Explicit(0)?.Extensions());
            single.ThrowIfNotEmpty();
        }

        var extensions = tbs.Explicit(2)?.Extensions();
        tbs.ThrowIfNotEmpty();
        DemandKnown(extensions);
        return certificates.Count > 0 ? new OcspRequest(certificates, extensions?.Nonce()) : throw new CryptographicException("The OCSP request names no certificate.");
    }

    private static void DemandKnown(Dictionary<string, OcspExtension>? extensions)
    {
        if (extensions?.Any(e => e.Value.Critical && e.Key != OcspIdentifiers.Nonce) == true)
        {
            throw new CryptographicException("The OCSP request has a critical extension that is not known.");
        }
    }
}
