using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Phones;

/// <summary>A change of phone that waits for its codes.</summary>
/// <param name="FormId">Binds the codes to this browser.</param>
/// <param name="AccountId">Whose.</param>
/// <param name="Phone">The new number.</param>
/// <param name="NeedsFormer">Whether the former phone has to be proved too, because the session shows no second factor.</param>
internal sealed record PhoneChange(Guid FormId, Guid AccountId, string Phone, bool NeedsFormer);

/// <summary>Keeps it in the browser, encrypted, for a quarter of an hour.</summary>
internal sealed class PhoneChanges(IDataProtectionProvider protection, SecureCookies secure)
{
    public const string NewPurpose = "phone-change";
    public const string FormerPurpose = "phone-change-former";
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(15);
    private readonly ITimeLimitedDataProtector protector = protection.CreateProtector("phone-change").ToTimeLimitedDataProtector();

    private string Cookie => secure.Name("yinxin.identity.phone-change");

    /// <returns>Null when there is none, or it is another account's.</returns>
    public PhoneChange? Read(HttpContext context, Guid account)
    {
        try
        {
            return context.Request.Cookies[Cookie] is { } text && JsonSerializer.Deserialize<PhoneChange>(protector.Unprotect(text)) is { } change && change.AccountId == account ? change : null;
        }
        catch (Exception e) when (e is CryptographicException or FormatException or JsonException)
        {
            return null;
        }
    }

    public void Write(HttpContext context, PhoneChange change) =>
        context.Response.Cookies.Append(Cookie, protector.Protect(JsonSerializer.Serialize(change), Life), Options());

    public void Clear(HttpContext context) => context.Response.Cookies.Delete(Cookie, Options());

    private CookieOptions Options() => new() { HttpOnly = true, Secure = secure.Wanted, SameSite = SameSiteMode.Lax, IsEssential = true, Path = "/" };
}
