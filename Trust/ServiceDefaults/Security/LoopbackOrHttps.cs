using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.ServiceDefaults.Security;

/// <summary>Plain HTTP never leaves the machine: an address that others can reach is HTTPS or the app does not start.</summary>
internal static class LoopbackOrHttps
{
    public static void Check(AppSettings settings)
    {
        if (settings.Address.Scheme == Uri.UriSchemeHttps)
        {
            if (settings.CertificatePath is null)
            {
                throw new InvalidOperationException($"App:CertificatePath: {settings.Address} is HTTPS and needs a certificate.");
            }

            return;
        }

        if (!settings.Address.IsLoopback)
        {
            throw new InvalidOperationException($"App:Address: {settings.Address} can be reached from other machines and must be HTTPS; only loopback addresses may use HTTP.");
        }
    }

    public static void UseCertificate(KestrelServerOptions kestrel, AppSettings settings)
    {
        if (settings.Address.Scheme != Uri.UriSchemeHttps || settings.CertificatePath is null)
        {
            return;
        }

        var certificate = settings.CertificateKeyPath is { } keyPath
            ? X509Certificate2.CreateFromPemFile(settings.CertificatePath, keyPath)
            : X509CertificateLoader.LoadPkcs12FromFile(settings.CertificatePath, password: null);
        kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = certificate);
    }
}
