using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.ServiceDefaults.Security;

/// <summary>Lets calls to the other apps trust further roots beside the system's (<see cref="AppSettings.TrustedRootsPath"/>).</summary>
public static class TrustedRoots
{
    /// <summary>A handler for calls that no factory makes (token keys, discovery), or null where the system's roots are enough.</summary>
    public static HttpMessageHandler? Handler(AppSettings settings) =>
        settings.TrustedRootsPath is { } path ? Trusting(new SocketsHttpHandler(), Load(path)) : null;

    internal static IServiceCollection AddTrustedRoots(this IServiceCollection services, AppSettings settings)
    {
        if (settings.TrustedRootsPath is { } path)
        {
            var roots = Load(path);
            services.ConfigureHttpClientDefaults(client => client.UseSocketsHttpHandler((handler, _) => Trusting(handler, roots)));
        }

        return services;
    }

    private static X509Certificate2Collection Load(string path)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(path);
        return roots;
    }

    private static SocketsHttpHandler Trusting(SocketsHttpHandler handler, X509Certificate2Collection roots)
    {
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            errors == SslPolicyErrors.None
            || (errors == SslPolicyErrors.RemoteCertificateChainErrors && certificate is X509Certificate2 site && ChainsTo(roots, site, chain));
        return handler;
    }

    /// <summary>Name and presence were judged already: only the chain was wanting.</summary>
    private static bool ChainsTo(X509Certificate2Collection roots, X509Certificate2 site, X509Chain? sent)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.1"));
        if (sent is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainElements.Select(e => e.Certificate).ToArray());
        }

        return chain.Build(site);
    }
}
