using Yinxin.Identity.Client.SignIn;

namespace Yinxin.Desk.Pages;

/// <summary>Who is shown the way to Identity's console. Identity decides who enters; a link for the others would lead them to a refusal.</summary>
internal static class ConsoleLink
{
    private static readonly string[] Roles = ["counter-officer", "system-administrator", "security-administrator", "audit-administrator", "auditor"];

    public static bool IsFor(SignedInUser user) => Roles.Any(user.HasRole);
}
