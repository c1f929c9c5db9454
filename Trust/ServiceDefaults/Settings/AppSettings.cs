using System.ComponentModel.DataAnnotations;

namespace Yinxin.ServiceDefaults.Settings;

/// <summary>Where this app listens and keeps its files. Section <c>App</c>.</summary>
public sealed class AppSettings
{
    public const string Section = "App";

    /// <summary>The address to listen on, e.g. <c>http://localhost:7101</c>. Anything but loopback must be HTTPS.</summary>
    [Required]
    public Uri Address { get; set; } = new("http://localhost:5000");

    /// <summary>The app's own directory; created when missing.</summary>
    [Required, MinLength(1)]
    public string DataDirectory { get; set; } = "data";

    /// <summary>PFX or PEM certificate for HTTPS.</summary>
    public string? CertificatePath { get; set; }

    /// <summary>PEM private key that belongs to <see cref="CertificatePath"/>, when that is PEM.</summary>
    public string? CertificateKeyPath { get; set; }

    /// <summary>Password of the PFX or of the encrypted PEM key.</summary>
    public string? CertificatePassword { get; set; }

    /// <summary>PEM certificates of roots that calls to the other apps trust beside the system's, for certificates of a CA of one's own.</summary>
    public string? TrustedRootsPath { get; set; }

    /// <summary>Base64 of 32 bytes: encrypts private keys and personal columns at rest. Comes from a secret store or a file that only the service may read.</summary>
    public string? MasterKey { get; set; }

    /// <summary>Master keys of before: read, never written with. Each may go when nothing is under it any more.</summary>
    public IList<string> FormerMasterKeys { get; } = [];

    /// <summary>
    /// Proxies and balancers that stand before this app, each an address or a network in CIDR (<c>10.1.0.0/24</c>): they are believed
    /// in <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c>. None by default: then nobody is.
    /// </summary>
    public IList<string> TrustedProxies { get; } = [];
}
