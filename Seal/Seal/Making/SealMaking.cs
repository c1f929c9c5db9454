using System.Formats.Asn1;
using Org.BouncyCastle.X509;
using Yinxin.Seal.Ses;
using Yinxin.Trust.Suites;

namespace Yinxin.Seal.Making;

/// <summary>Makes seals and applies them (GB/T 38540-2020 §6.2, §7.2).</summary>
public static class SealMaking
{
    /// <summary>Makes a seal: the maker signs its content.</summary>
    /// <param name="info">The seal's content.</param>
    /// <param name="maker">The seal maker's key, suite SM.</param>
    /// <param name="makerCertificate">The seal maker's certificate.</param>
    public static SesSeal Make(SesSealInfo info, ISigner maker, X509Certificate makerCertificate)
    {
        Demand(maker);
        var content = new AsnWriter(AsnEncodingRules.DER);
        info.Write(content);
        var signedInfo = content.Encode();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(signedInfo);
            writer.WriteOctetString(makerCertificate.GetEncoded());
            writer.WriteObjectIdentifier(SesSeal.SignatureAlgorithm);
            writer.WriteBitString(maker.Sign(signedInfo));
        }

        return SesSeal.Read(writer.Encode());
    }

    /// <summary>Applies a seal to the digest of a document. Add a timestamp with <see cref="WithTimestamp"/>.</summary>
    /// <param name="seal">The seal.</param>
    /// <param name="signer">The key of a certificate that the seal lists.</param>
    /// <param name="signerCertificate">That certificate.</param>
    /// <param name="time">Sealing time.</param>
    /// <param name="dataHash">SM3 of the original, 32 bytes.</param>
    /// <param name="property">What the original is, ASCII.</param>
    /// <exception cref="SesFormatException"><c>signer.notInSeal</c>: the certificate is not on the seal's list; after a renewal the seal must be made anew.</exception>
    public static SesSignature Apply(SesSeal seal, ISigner signer, X509Certificate signerCertificate, DateTimeOffset time, ReadOnlySpan<byte> dataHash, string property)
    {
        Demand(signer);
        var certificate = signerCertificate.GetEncoded();
        if (!seal.Info.SignerCertificates.Any(c => c.Span.SequenceEqual(certificate)))
        {
            throw new SesFormatException("signer.notInSeal", "The signer's certificate is not on the seal's list; a seal must be made anew when its signer's certificate is renewed.");
        }

        var signedPart = SesSignature.WriteSignedPart(seal.Encoded, time, dataHash, property);
        return SesSignature.Read(SesSignature.Write(signedPart, certificate, signer.Sign(signedPart), timestamp: []));
    }

    /// <summary>The same signature with a timestamp over its value.</summary>
    /// <param name="signature">A signature without one.</param>
    /// <param name="token">RFC 3161 token (GB/T 20520).</param>
    public static SesSignature WithTimestamp(SesSignature signature, ReadOnlySpan<byte> token) =>
        SesSignature.Read(SesSignature.Write(signature.SignedPart.Span, signature.SignerCertificate.Span, signature.Signature.Span, token));

    private static void Demand(ISigner signer)
    {
        if (signer.Suite != SignatureSuite.Sm)
        {
            throw new SesFormatException("seal.algorithm", "A seal is signed with SM2.");
        }
    }
}
