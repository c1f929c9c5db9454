using System.Net;
using System.Net.Sockets;

namespace Yinxin.Launch.Platform;

/// <summary>
/// HTTPS with a certificate of the platform's own CA. Trust needs a certificate to be reached, and a CA to have one: so it runs alone
/// first, on a loopback port that nobody knows, makes the hierarchy and the certificate, and stops.
/// </summary>
internal static class OwnCertificate
{
    /// <summary>The options with the certificate, its password and the root that the apps shall trust.</summary>
    public static async Task<PlatformOptions> IssueAsync(PlatformOptions options, PlatformSecrets secrets, CancellationToken cancellationToken)
    {
        var directory = Path.Combine(options.DataDirectory, "tls");
        var configuration = new PlatformConfiguration(options with { CertificatePath = directory }, secrets).For("trust");
        configuration["App:Address"] = FreeLoopback();
        configuration["App:CertificatePath"] = configuration["App:TrustedRootsPath"] = null;
        configuration["SiteCertificate:Host"] = options.Host;
        configuration["SiteCertificate:Directory"] = directory;
        configuration["SiteCertificate:Password"] = secrets.CertificatePassword;
        await using var trust = PlatformApp.All.Single(a => a.Name == "trust").Build([], builder =>
        {
            builder.Configuration.Sources.Clear();
            builder.Configuration.AddInMemoryCollection(configuration);
            builder.Services.AddSingleton(options.Time);
            builder.Logging.ClearProviders();
        });
        await trust.StartAsync(cancellationToken);
        await trust.StopAsync(cancellationToken);
        return options with
        {
            CertificatePath = Path.Combine(directory, "certificate.pem"),
            CertificateKeyPath = Path.Combine(directory, "key.pem"),
            CertificatePassword = secrets.CertificatePassword,
            TrustedRootsPath = Path.Combine(directory, "root.pem"),
        };
    }

    private static string FreeLoopback()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return FormattableString.Invariant($"http://localhost:{((IPEndPoint)probe.LocalEndpoint).Port}");
    }
}
