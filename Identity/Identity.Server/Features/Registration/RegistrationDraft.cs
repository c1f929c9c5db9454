using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Registration;

/// <summary>What a person has told so far on the way to an account.</summary>
/// <param name="Id">Becomes the key of the account.</param>
internal sealed record RegistrationDraft(Guid Id, string IdNumber, string Name, string Sex, string Ethnicity, string? ReturnUrl)
{
    /// <summary>Receipt of the population library; null until it agreed.</summary>
    public string? PopulationReceipt { get; init; }

    /// <summary>The library's answer as it signed it.</summary>
    public string? PopulationAnswer { get; init; }

    public DateTimeOffset? PopulationCheckedAt { get; init; }

    public string? Phone { get; init; }

    /// <summary>The carrier's answer that the phone is this person's, as it signed it; null where none is asked.</summary>
    public string? PhoneOwnerAnswer { get; init; }

    /// <summary>Null until the code was typed.</summary>
    public DateTimeOffset? PhoneProvenAt { get; init; }
}

/// <summary>
/// Keeps the draft in the browser, encrypted and authenticated, for an hour: nothing of a person who does not finish is stored
/// here, and nothing is lost when a register is down or the page is left.
/// </summary>
internal sealed class RegistrationDrafts(IDataProtectionProvider protection, IOptions<AppSettings> app)
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    /// <summary>The authorities' signed answers do not fit into the 4096 bytes of which browsers drop every further one.</summary>
    private static readonly ChunkingCookieManager Cookies = new();
    private readonly ITimeLimitedDataProtector protector = protection.CreateProtector("registration-draft").ToTimeLimitedDataProtector();

    private bool Secure => app.Value.Address.Scheme == Uri.UriSchemeHttps;

    private string Cookie => (Secure ? "__Host-" : "") + "yinxin.identity.registration";

    public RegistrationDraft? Read(HttpContext context)
    {
        try
        {
            return Cookies.GetRequestCookie(context, Cookie) is { } text ? JsonSerializer.Deserialize<RegistrationDraft>(protector.Unprotect(text)) : null;
        }
        catch (Exception e) when (e is CryptographicException or FormatException or JsonException)
        {
            return null;
        }
    }

    public void Write(HttpContext context, RegistrationDraft draft) =>
        Cookies.AppendResponseCookie(context, Cookie, protector.Protect(JsonSerializer.Serialize(draft), Life), Options());

    public void Clear(HttpContext context) => Cookies.DeleteCookie(context, Cookie, Options());

    private CookieOptions Options() => new() { HttpOnly = true, Secure = Secure, SameSite = SameSiteMode.Lax, IsEssential = true, Path = "/" };
}
