using System.ComponentModel.DataAnnotations;

namespace Yinxin.Identity.Server.Features.Phones;

/// <summary>Section <c>PhoneCodes</c>.</summary>
internal sealed class PhoneSettings
{
    public const string Section = "PhoneCodes";

    /// <summary>Seconds until the same phone may be sent another code.</summary>
    [Range(0, 3600)]
    public int SecondsBetween { get; set; } = 60;

    [Range(1, 1000)]
    public int PerPhoneAndHour { get; set; } = 5;

    /// <summary>An office or a hall may be one address.</summary>
    [Range(1, 100_000)]
    public int PerAddressAndHour { get; set; } = 100;
}
