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

    /// <summary>
    /// Policy <c>identity.primary.require-phone-owner-check</c> (domain/identity §2): the number must be registered to the person. Asked only where a carrier is connected
    /// (<c>Authorities:Carrier:Keys</c>).
    /// </summary>
    public bool RequireOwnerCheck { get; set; } = true;

    /// <summary>An office or a hall may be one address.</summary>
    [Range(1, 100_000)]
    public int PerAddressAndHour { get; set; } = 100;
}
