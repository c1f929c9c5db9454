using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.ServiceDefaults.Security;

/// <summary>Plain HTTP never leaves the machine: an address that others can reach is HTTPS or the app does not start.</summary>
internal static class LoopbackOrHttps
{
    public static void Check(AppSettings settings, bool isOrdered)
    {
        if (settings.Address.Scheme == Uri.UriSchemeHttps)
        {
            if (settings.CertificatePath is null && !isOrdered)
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

        var chain = new X509Certificate2Collection();
        var certificate = Load(settings, settings.CertificatePath, chain);
        kestrel.ConfigureHttpsDefaults(https =>
        {
            https.ServerCertificate = certificate;
            https.ServerCertificateChain = chain;
        });
    }

    /// <summary>The certificate with its key; the issuers that stand in the same file go into <paramref name="chain"/>, because clients need them.</summary>
    private static X509Certificate2 Load(AppSettings settings, string path, X509Certificate2Collection chain)
    {
        if (settings.CertificateKeyPath is { } keyPath)
        {
            chain.ImportFromPemFile(path);
            return settings.CertificatePassword is { } password
                ? X509Certificate2.CreateFromEncryptedPemFile(path, password, keyPath)
                : X509Certificate2.CreateFromPemFile(path, keyPath);
        }

        chain.AddRange(X509CertificateLoader.LoadPkcs12CollectionFromFile(path, settings.CertificatePassword));
        return X509CertificateLoader.LoadPkcs12FromFile(path, settings.CertificatePassword);
    }
}
