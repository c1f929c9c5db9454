using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Strengthening;

/// <summary>
/// Where somebody proves themselves anew within their session, before what cannot be taken back. A session that counts as one of two factors is not made young again by a password alone; the page sees to that itself, and the address only says why it is shown.
/// </summary>
internal static class ConfirmAddress
{
    public static string Of(Session session, string returnUrl) =>
        $"/account/confirm?{(session.HasTwoFactors ? "two=true&" : "")}ReturnUrl={Uri.EscapeDataString(returnUrl)}";
}
