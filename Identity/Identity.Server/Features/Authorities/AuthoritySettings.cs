using System.ComponentModel.DataAnnotations;

namespace Yinxin.Identity.Server.Features.Authorities;

/// <summary>Where one outside authority is reached. Sections <c>Authorities:Population</c>, <c>Market</c>, <c>Sms</c>, <c>BankCard</c>.</summary>
internal sealed class AuthoritySettings
{
    public const string Section = "Authorities";

    [Required]
    public Uri Address { get; set; } = new("http://localhost:7107");

    public string ApiKey { get; set; } = "";
}
