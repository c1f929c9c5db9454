using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.Cms;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Cms;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation;

namespace Yinxin.Trust.Certificates;

/// <summary>
/// A request to renew a certificate: CMS SignedData (RFC 5652) around a PKCS#10 request (RFC 2986), as in [MS-WCCE] §3.1.1.4.3.2.1. The request is signed by
/// the new key and the whole by the old one, whose certificate is inside: so both keys are proved, and neither proof can be moved to another request.
/// </summary>
public sealed class RenewalRequest
{
    private RenewalRequest(CertificateRequest request, X509Certificate signer) => (Request, Signer) = (request, signer);

    /// <summary>What is asked for, proved by the new key.</summary>
    public CertificateRequest Request { get; }

    /// <summary>The certificate whose key signed the renewal; that it is the renewed one is the CA's to check.</summary>
    public X509Certificate Signer { get; }

    /// <summary>Makes a renewal.</summary>
    /// <param name="key">The old key.</param>
    /// <param name="certificate">The certificate that is to be renewed.</param>
    /// <param name="request">DER PKCS#10, signed by the new key.</param>
    /// <returns>DER ContentInfo.</returns>
    public static byte[] Create(ISigner key, X509Certificate certificate, byte[] request) =>
        CmsSignatures.CreateAttached(key, [certificate], include: true, CmsObjectIdentifiers.Data, request);

    /// <summary>Reads a renewal and checks both signatures.</summary>
    /// <exception cref="CryptographicException">Not a CMS of one signer around a PKCS#10 request, or a signature does not hold.</exception>
    public static RenewalRequest Read(ReadOnlySpan<byte> der)
    {
        var cms = CmsReading.Read(der);
        return cms.ContentType.Equals(CmsObjectIdentifiers.Data) && cms.Content is { } content && Check.Overall(cms.Verify()) == Outcome.Passed
            ? new RenewalRequest(CertificateRequest.Read(content), cms.SignerCertificate)
            : throw new CryptographicException("The renewal is not signed by the certificate inside, or holds no request.");
    }
}
