using System.ComponentModel.DataAnnotations;

namespace Yinxin.Payment.Features.Channel;

/// <summary>The payment channel. Section <c>Authorities:Channel</c>.</summary>
internal sealed class ChannelSettings
{
    public const string Section = "Authorities:Channel";

    [Required]
    public Uri Address { get; set; } = new("http://localhost:7107");

    [Required, MinLength(1)]
    public string ApiKey { get; set; } = "";

    [Required, MinLength(1)]
    public string MerchantId { get; set; } = "";

    /// <summary>Both sides sign with it.</summary>
    [Required, MinLength(16)]
    public string Secret { get; set; } = "";
}
