using System.Net;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.SignIn;

namespace Yinxin.Identity.Server.Features.Recovery;

/// <summary>
/// Under whose name tries at a recovery are counted. As at the sign-in, a browser in which the account has been counts for itself; everybody else counts for their address. Were they
/// counted for the account, whoever knows a person's particulars could keep it blocked and its owner out of the way back in. What all together may guess is bounded by the messages to
/// the phone (<see cref="Phones.PhoneSettings"/>), each of which takes five tries.
/// </summary>
internal static class RecoveryKeys
{
    /// <param name="personal">Makes the keyed hash.</param>
    /// <param name="what">What is guessed at.</param>
    /// <param name="idNumber">At whose. Not the account: whoever is no longer told that the particulars disagree goes on as nobody, and would see by another count that they do.</param>
    /// <param name="device">Hash of the browser's cookie, where the account has signed in there before; else null.</param>
    /// <param name="address">Where the try comes from.</param>
    public static string Of(PersonalData personal, string what, string idNumber, string? device, IPAddress? address) =>
        personal.Index(Purposes.SignInName, $"{what}:{personal.PassingIndex(Purposes.IdNumber, idNumber)}:{Asker(device, address)}");

    /// <summary>Who asks: a browser that the account knows, or an address.</summary>
    public static string Asker(string? device, IPAddress? address) => device is null ? FailureWindow.Range(address) : "device:" + device;
}
