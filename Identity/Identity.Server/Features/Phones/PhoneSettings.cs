using System.ComponentModel.DataAnnotations;

namespace Yinxin.Identity.Server.Features.Phones;

/// <summary>Section <c>PhoneCodes</c>.</summary>
internal sealed class PhoneSettings
{
    public const string Section = "PhoneCodes";

    /// <summary>Seconds until the same phone may be sent another code. All of these limits are counted apart for what only the owner can ask for and what any stranger can (<see cref="PhoneCodes"/>).</summary>
    [Range(0, 3600)]
    public int SecondsBetween { get; set; } = 60;

    [Range(1, 1000)]
    public int PerPhoneAndHour { get; set; } = 5;

    [Range(1, 10_000)]
    public int PerPhoneAndDay { get; set; } = 20;

    /// <summary>For one account, whatever the numbers: it must not message any number of strangers. A recovery, or a counter's ticket, counts as one of its own.</summary>
    [Range(1, 1000)]
    public int PerAccountAndHour { get; set; } = 10;

    [Range(1, 10_000)]
    public int PerAccountAndDay { get; set; } = 30;

    /// <summary>
    /// Recoveries for one phone that one address (IPv6: one /48) may have sent within an hour, of those that <see cref="PerPhoneAndHour"/> allows to browsers which the account does not
    /// know: one stranger with the particulars does not use them all up.
    /// </summary>
    [Range(1, 1000)]
    public int RecoveriesPerAddressAndHour { get; set; } = 3;

    [Range(1, 10_000)]
    public int RecoveriesPerAddressAndDay { get; set; } = 5;

    /// <summary>
    /// Policy <c>identity.primary.require-phone-owner-check</c> (domain/identity §2): the number must be registered to the person. Asked only where a carrier is connected
    /// (<c>Authorities:Carrier:Keys</c>).
    /// </summary>
    public bool RequireOwnerCheck { get; set; } = true;

    /// <summary>
    /// For everybody together, on all nodes: what a flood can cost. Twice, for what strangers can ask for and what only a password, a session, or a browser that the account knows can: strangers
    /// keep no owner from signing in. Notices are not counted and never wait for it.
    /// </summary>
    [Range(1, 1_000_000)]
    public int PerMinute { get; set; } = 3000;

    /// <summary>An office or a hall may be one address.</summary>
    [Range(1, 100_000)]
    public int PerAddressAndHour { get; set; } = 100;
}
