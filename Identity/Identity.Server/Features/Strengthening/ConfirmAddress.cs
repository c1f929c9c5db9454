using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Strengthening;

/// <summary>
/// Where somebody proves themselves anew within their session, before what cannot be taken back. A session that counts as one of two factors is not made young again by a password alone; the page sees to that itself, and the address only says why it is shown.
/// </summary>
internal static class ConfirmAddress
{
    /// <param name="session">Whose proof is wanted.</param>
    /// <param name="returnUrl">Where it goes on.</param>
    /// <param name="further">Whether something beside the password is wanted, although the session has shown no second factor (<see cref="StrengtheningWays.LacksFurtherAsync"/>).</param>
    public static string Of(Session session, string returnUrl, bool further = false) =>
        $"/account/confirm?{(session.HasTwoFactors || further ? "two=true&" : "")}ReturnUrl={Uri.EscapeDataString(returnUrl)}";
}
