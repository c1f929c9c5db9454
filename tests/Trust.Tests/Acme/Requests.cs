using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CertificateRequest = System.Security.Cryptography.X509Certificates.CertificateRequest;

namespace Yinxin.Trust.Tests.Acme;

/// <summary>Certificate requests, made by the platform's classes and not by ours.</summary>
public static class Requests
{
    public static byte[] For(params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return For(key, names);
    }

    public static byte[] For(ECDsa key, params string[] names) => With(new CertificateRequest("", key, HashAlgorithmName.SHA256), names).CreateSigningRequest();

    public static byte[] For(RSA key, params string[] names) => With(new CertificateRequest("", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), names).CreateSigningRequest();

    public static byte[] WithSubject(string subject, params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return With(new CertificateRequest(subject, key, HashAlgorithmName.SHA256), names).CreateSigningRequest();
    }

    private static CertificateRequest With(CertificateRequest request, string[] names)
    {
        var alternative = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                alternative.AddIpAddress(address);
            }
            else if (name.Contains('@', StringComparison.Ordinal))
            {
                alternative.AddEmailAddress(name);
            }
            else
            {
                alternative.AddDnsName(name);
            }
        }

        if (names.Length > 0)
        {
            request.CertificateExtensions.Add(alternative.Build());
        }

        return request;
    }
}
