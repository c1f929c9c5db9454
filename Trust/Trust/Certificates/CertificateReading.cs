using System.Security.Cryptography;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Security.Certificates;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Certificates;

/// <summary>Reads DER from strangers.</summary>
public static class CertificateReading
{
    private const int LargestCertificate = 64 * 1024;

    /// <summary>Exactly one DER certificate, with nothing after it.</summary>
    /// <exception cref="CryptographicException">It is not one.</exception>
    public static X509Certificate Read(ReadOnlySpan<byte> der)
    {
        if (der.Length > LargestCertificate)
        {
            throw new CryptographicException("The certificate is too large.");
        }

        try
        {
            StrictDer.Demand(der);
            return new X509Certificate(der.ToArray());
        }
        catch (Exception e) when (Malformed.Is(e))
        {
            throw new CryptographicException("Not a DER certificate.", e);
        }
    }

    /// <summary>A DER CRL.</summary>
    /// <exception cref="CryptographicException">It is not one.</exception>
    public static X509Crl ReadCrl(ReadOnlySpan<byte> der)
    {
        try
        {
            StrictDer.Demand(der);
            return new X509Crl(der.ToArray());
        }
        catch (Exception e) when (Malformed.Is(e))
        {
            throw new CryptographicException("Not a DER CRL.", e);
        }
    }
}
