using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Passkeys;

/// <summary>
/// The two ceremonies of WebAuthn on ASP.NET Core Identity's handler. The challenge waits in a cookie, encrypted, for five minutes,
/// and is spent with the first answer, right or wrong.
/// </summary>
internal sealed class PasskeyCeremony(IPasskeyHandler<Account> handler, IDataProtectionProvider protection, IMemoryCache spent, IOptions<AppSettings> app)
{
    private const int LongestAnswer = 16 * 1024;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    public async Task<string> CreationOptionsAsync(HttpContext context, Guid account, string name)
    {
        var options = await handler.MakeCreationOptionsAsync(new PasskeyUserEntity { Id = account.ToString(), Name = name, DisplayName = name }, context);
        Keep(context, "create", options.AttestationState);
        return options.CreationOptionsJson;
    }

    public async Task<string> RequestOptionsAsync(HttpContext context)
    {
        // For nobody in particular: the passkey itself says whose it is, and the page tells nobody who has one.
        var options = await handler.MakeRequestOptionsAsync(null, context);
        Keep(context, "get", options.AssertionState);
        return options.RequestOptionsJson;
    }

    /// <summary>The new passkey, if the answer belongs to our challenge and to this account; else null.</summary>
    public async Task<UserPasskeyInfo?> AttestAsync(HttpContext context, string answer, Guid account)
    {
        var state = Take(context, "create");
        if (state is null || answer.Length > LongestAnswer)
        {
            return null;
        }

        var result = await handler.PerformAttestationAsync(new PasskeyAttestationContext { HttpContext = context, CredentialJson = answer, AttestationState = state });
        return result.Succeeded && result.UserEntity.Id == account.ToString() ? result.Passkey : null;
    }

    /// <summary>Who signed the challenge, and the passkey with its new counter; null when nobody did.</summary>
    public async Task<(Account Account, UserPasskeyInfo Passkey)?> AssertAsync(HttpContext context, string answer)
    {
        var state = Take(context, "get");
        if (state is null || answer.Length > LongestAnswer)
        {
            return null;
        }

        var result = await handler.PerformAssertionAsync(new PasskeyAssertionContext { HttpContext = context, CredentialJson = answer, AssertionState = state });
        return result.Succeeded ? (result.User, result.Passkey) : null;
    }

    private void Keep(HttpContext context, string ceremony, string? state) =>
        context.Response.Cookies.Append(Cookie(ceremony), Protector(ceremony).Protect(state ?? "", Life), Options());

    private string? Take(HttpContext context, string ceremony)
    {
        var text = context.Request.Cookies[Cookie(ceremony)];
        context.Response.Cookies.Delete(Cookie(ceremony), Options());
        if (text is null)
        {
            return null;
        }

        lock (spent)
        {
            var key = "passkey:" + Convert.ToHexString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
            if (spent.TryGetValue(key, out _))
            {
                return null;
            }

            spent.Set(key, true, Life);
        }

        try
        {
            return Protector(ceremony).Unprotect(text);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private ITimeLimitedDataProtector Protector(string ceremony) => protection.CreateProtector("passkey", ceremony).ToTimeLimitedDataProtector();

    private bool Secure => app.Value.Address.Scheme == Uri.UriSchemeHttps;

    private string Cookie(string ceremony) => (Secure ? "__Host-" : "") + "yinxin.identity.passkey." + ceremony;

    private CookieOptions Options() => new() { HttpOnly = true, Secure = Secure, SameSite = SameSiteMode.Strict, IsEssential = true, Path = "/" };
}
