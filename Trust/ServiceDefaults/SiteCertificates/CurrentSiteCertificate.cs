using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Yinxin.ServiceDefaults.SiteCertificates;

/// <summary>The certificate that new connections get; replaced without a restart. One that was replaced stays until the process ends: a handshake may still use it.</summary>
public sealed class CurrentSiteCertificate
{
    private volatile Held? current;

    /// <summary>The certificate with its key, or null while there is none.</summary>
    public X509Certificate2? Certificate => current?.Leaf;

    /// <summary>What Kestrel presents, with its issuers; null before the first one came.</summary>
    public SslStreamCertificateContext? Context => current?.Context;

    /// <summary>Replaces it.</summary>
    /// <param name="leaf">With its key.</param>
    /// <param name="issuers">That clients need.</param>
    public void Set(X509Certificate2 leaf, X509Certificate2Collection issuers) => current = new Held(leaf, SslStreamCertificateContext.Create(leaf, issuers, offline: true));

    private sealed record Held(X509Certificate2 Leaf, SslStreamCertificateContext Context);
}
