using System.ComponentModel.DataAnnotations;

namespace Yinxin.ServiceDefaults.Tokens;

/// <summary>This app as a client of Identity. Section <c>Tokens</c>.</summary>
public sealed class TokenSettings
{
    public const string Section = "Tokens";

    [Required(AllowEmptyStrings = true)]
    public string ClientId { get; set; } = "";

    [Required(AllowEmptyStrings = true)]
    public string ClientSecret { get; set; } = "";
}
