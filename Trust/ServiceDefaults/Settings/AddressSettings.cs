using System.ComponentModel.DataAnnotations;

namespace Yinxin.ServiceDefaults.Settings;

/// <summary>The public base address of each app, without a trailing slash in use. Section <c>Addresses</c>.</summary>
public sealed class AddressSettings
{
    public const string Section = "Addresses";

    [Required] public Uri Web { get; set; } = new("http://localhost:7100");
    [Required] public Uri Identity { get; set; } = new("http://localhost:7101");
    [Required] public Uri Desk { get; set; } = new("http://localhost:7102");
    [Required] public Uri Payment { get; set; } = new("http://localhost:7103");
    [Required] public Uri License { get; set; } = new("http://localhost:7104");
    [Required] public Uri Seal { get; set; } = new("http://localhost:7105");
    [Required] public Uri Trust { get; set; } = new("http://localhost:7106");
    [Required] public Uri Sandbox { get; set; } = new("http://localhost:7107");
    [Required] public Uri Exchange { get; set; } = new("http://localhost:7108");

    /// <summary>The OIDC issuer exactly as tokens, metadata and <c>platform.json</c> spell it: the Identity address without a trailing slash.</summary>
    public string Issuer => Text(Identity);

    /// <summary>An address as text without a trailing slash, for joining with a path that begins with one.</summary>
    public static string Text(Uri address) => address.AbsoluteUri.TrimEnd('/');
}
