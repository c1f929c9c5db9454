using System.Net.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.ServiceDefaults.SiteCertificates;

/// <summary>Lets a server get its own certificate by ACME, where <see cref="AcmeSiteSettings"/> name a directory.</summary>
internal static class SiteCertificates
{
    public const string ClientName = "site-certificate";

    /// <summary>Whether the settings ask for it.</summary>
    public static bool AreOrdered(IConfiguration configuration) => configuration[$"{AcmeSiteSettings.Section}:{nameof(AcmeSiteSettings.Directory)}"] is { Length: > 0 };

    public static void AddTo(WebApplicationBuilder builder)
    {
        if (!AreOrdered(builder.Configuration))
        {
            return;
        }

        var settings = builder.Configuration.GetSection(AcmeSiteSettings.Section).Get<AcmeSiteSettings>()!;
        if (Uri.CheckHostName(settings.Host) is not (UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6))
        {
            throw new InvalidOperationException($"{AcmeSiteSettings.Section}:{nameof(AcmeSiteSettings.Host)}: the name or address that the certificate is for is needed.");
        }

        if (settings.Directory is not { IsAbsoluteUri: true } directory || (directory.Scheme != Uri.UriSchemeHttps && !directory.IsLoopback))
        {
            throw new InvalidOperationException($"{AcmeSiteSettings.Section}:{nameof(AcmeSiteSettings.Directory)}: an HTTPS address is needed; only loopback may be HTTP.");
        }

        var current = new CurrentSiteCertificate();
        builder.Services.AddValidatedOptions<AcmeSiteSettings>(AcmeSiteSettings.Section);
        builder.Services.AddSingleton(current);
        builder.Services.AddHttpClient(ClientName, client => client.Timeout = TimeSpan.FromSeconds(30));
        builder.Services.AddHostedService<SiteCertificateRenewal>();
        builder.WebHost.ConfigureKestrel(kestrel => Present(kestrel, current));
    }

    /// <summary>Each handshake asks anew, so that a renewal needs no restart.</summary>
    private static void Present(KestrelServerOptions kestrel, CurrentSiteCertificate current) => kestrel.ConfigureEndpointDefaults(listen => listen.UseHttps(new TlsHandshakeCallbackOptions
    {
        OnConnection = _ => current.Context is { } context ? ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = context })
            : throw new InvalidOperationException("The server has no certificate yet."),
    }));
}
