using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.SecondFactors;

/// <summary>A person whose password was right and whose second factor is still to come.</summary>
/// <param name="FormId">Binds a text message to this sign-in.</param>
/// <param name="AccountId">Who it seems to be.</param>
/// <param name="SecurityStamp">Of the account: a password changed meanwhile makes this worthless.</param>
internal sealed record PendingSignIn(Guid FormId, Guid AccountId, string SecurityStamp);

/// <summary>Keeps it in the browser, encrypted, for ten minutes. It is no session: nothing but the second-factor page reads it.</summary>
internal sealed class PendingSignIns(IDataProtectionProvider protection, SecureCookies secure)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);
    private readonly ITimeLimitedDataProtector protector = protection.CreateProtector("pending-sign-in").ToTimeLimitedDataProtector();

    private string Cookie => secure.Name("yinxin.identity.pending");

    public PendingSignIn? Read(HttpContext context)
    {
        try
        {
            return context.Request.Cookies[Cookie] is { } text ? JsonSerializer.Deserialize<PendingSignIn>(protector.Unprotect(text)) : null;
        }
        catch (Exception e) when (e is CryptographicException or FormatException or JsonException)
        {
            return null;
        }
    }

    public void Write(HttpContext context, PendingSignIn pending) =>
        context.Response.Cookies.Append(Cookie, protector.Protect(JsonSerializer.Serialize(pending), Life), Options());

    public void Clear(HttpContext context) => context.Response.Cookies.Delete(Cookie, Options());

    private CookieOptions Options() => new() { HttpOnly = true, Secure = secure.Wanted, SameSite = SameSiteMode.Lax, IsEssential = true, Path = "/" };
}
