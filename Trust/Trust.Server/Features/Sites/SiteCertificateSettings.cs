namespace Yinxin.Trust.Server.Features.Sites;

/// <summary>A TLS certificate that Trust makes for the platform's own address when it starts. Section <c>SiteCertificate</c>; without a host none is made.</summary>
internal sealed class SiteCertificateSettings
{
    public const string Section = "SiteCertificate";

    /// <summary>Name or IP address in the certificate.</summary>
    public string? Host { get; set; }

    /// <summary>Where <c>certificate.pem</c> (with its issuer), <c>key.pem</c> (encrypted) and <c>root.pem</c> go.</summary>
    public string Directory { get; set; } = "";

    /// <summary>Encrypts the key.</summary>
    public string Password { get; set; } = "";
}
