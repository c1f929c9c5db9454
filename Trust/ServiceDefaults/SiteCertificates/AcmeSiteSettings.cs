using System.ComponentModel.DataAnnotations;

namespace Yinxin.ServiceDefaults.SiteCertificates;

/// <summary>A server's own TLS certificate from an ACME directory. Section <c>SiteCertificate:Acme</c>; without a directory none is asked for.</summary>
public sealed class AcmeSiteSettings
{
    public const string Section = "SiteCertificate:Acme";

    /// <summary>E.g. <c>https://trust.example/acme/directory</c>.</summary>
    public Uri? Directory { get; set; }

    /// <summary>The name or address that the certificate is for.</summary>
    public string Host { get; set; } = "";

    /// <summary>Whoever is told of trouble; an e-mail address.</summary>
    public string? Contact { get; set; }

    /// <summary>The key that binds the account (RFC 8555 §7.3.4), where the directory asks for one.</summary>
    public string? ExternalKeyId { get; set; }

    /// <summary>Its secret, base64url.</summary>
    public string? ExternalHmacKey { get; set; }

    /// <summary>Where http-01 is answered while an order is open; the directory looks at port 80 unless it is told otherwise.</summary>
    [Range(1, 65535)]
    public int HttpPort { get; set; } = 80;

    /// <summary>How often it is asked whether the time for a renewal has come.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long to wait after a failure.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "1.00:00:00")]
    public TimeSpan Pause { get; set; } = TimeSpan.FromMinutes(10);
}
