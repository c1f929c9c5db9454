using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Timestamps;

/// <summary>RFC 3161 §2.3, EN 319 422 §6: a TSA's certificate has exactly one extended key usage, timeStamping, and the extension is critical.</summary>
internal static class TimestampingCertificate
{
    public static bool Is(X509Certificate certificate)
    {
        try
        {
            var extension = certificate.CertificateStructure.TbsCertificate.Extensions?.GetExtension(X509Extensions.ExtendedKeyUsage);
            return extension is { IsCritical: true }
                && ExtendedKeyUsage.GetInstance(extension.GetParsedValue()) is { Count: 1 } usages && usages.HasKeyPurposeId(KeyPurposeID.id_kp_timeStamping);
        }
        catch (Exception e) when (Malformed.Is(e))
        {
            return false;
        }
    }
}
