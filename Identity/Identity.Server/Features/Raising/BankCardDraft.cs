using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Raising;

/// <summary>A card that waits for the code which was sent to the bank's phone.</summary>
/// <param name="Id">Binds the code to this form.</param>
/// <param name="SessionId">In which it was typed: no other goes on with it.</param>
/// <param name="CardNumber">As digits.</param>
/// <param name="Phone">E.164.</param>
/// <param name="Proved">Whether the code was typed: the card network may be asked, and asked again where it could not answer.</param>
/// <param name="EndsAt">From then on it is worth nothing.</param>
internal sealed record BankCardDraft(Guid Id, Guid SessionId, string CardNumber, string Phone, bool Proved, DateTimeOffset EndsAt);

/// <summary>Keeps it in the browser, encrypted, for a quarter of an hour: a card number is stored nowhere here.</summary>
internal sealed class BankCardDrafts(IDataProtectionProvider protection, SecureCookies secure, TimeProvider time)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(15);
    private readonly IDataProtector protector = protection.CreateProtector("bank-card");

    /// <summary>The end of a draft that is made now.</summary>
    public DateTimeOffset End => time.GetUtcNow() + Life;

    private string Cookie => secure.Name("yinxin.identity.bank-card");

    /// <returns>Null when there is none, or an old one, or another session's.</returns>
    public BankCardDraft? Read(HttpContext context, Guid session)
    {
        try
        {
            return context.Request.Cookies[Cookie] is { } text && JsonSerializer.Deserialize<BankCardDraft>(protector.Unprotect(text)) is { } draft &&
                draft.SessionId == session && draft.EndsAt > time.GetUtcNow() ? draft : null;
        }
        catch (Exception e) when (e is CryptographicException or FormatException or JsonException)
        {
            return null;
        }
    }

    public void Write(HttpContext context, BankCardDraft draft) => context.Response.Cookies.Append(Cookie, protector.Protect(JsonSerializer.Serialize(draft)), Options());

    public void Clear(HttpContext context) => context.Response.Cookies.Delete(Cookie, Options());

    private CookieOptions Options() => new() { HttpOnly = true, Secure = secure.Wanted, SameSite = SameSiteMode.Lax, IsEssential = true, Path = "/" };
}
