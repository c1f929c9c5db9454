using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Disputes;

/// <summary>Whose eyes look at a dispute: nobody is signed in.</summary>
/// <param name="Dispute">Its key.</param>
/// <param name="Holder">The account's holder; else the claimant.</param>
internal sealed record DisputeView(Guid Dispute, bool Holder);

/// <summary>Keeps it in the browser, encrypted, for half an hour.</summary>
internal sealed class DisputeViews(IDataProtectionProvider protection, SecureCookies secure)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(30);
    private readonly ITimeLimitedDataProtector protector = protection.CreateProtector("dispute-view").ToTimeLimitedDataProtector();

    private string Cookie => secure.Name("yinxin.identity.dispute");

    public DisputeView? Read(HttpContext context)
    {
        try
        {
            return context.Request.Cookies[Cookie] is { } text ? JsonSerializer.Deserialize<DisputeView>(protector.Unprotect(text)) : null;
        }
        catch (Exception e) when (e is CryptographicException or FormatException or JsonException)
        {
            return null;
        }
    }

    public void Write(HttpContext context, DisputeView view) => context.Response.Cookies.Append(
        Cookie, protector.Protect(JsonSerializer.Serialize(view), Life), new CookieOptions { HttpOnly = true, Secure = secure.Wanted, SameSite = SameSiteMode.Lax, IsEssential = true, Path = "/" });
}
