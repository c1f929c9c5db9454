using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Passkeys;

/// <summary>
/// The two ceremonies of WebAuthn on ASP.NET Core Identity's handler. The challenge waits in a cookie, encrypted, for five minutes,
/// and is spent with the first answer, right or wrong, on whatever node.
/// </summary>
internal sealed class PasskeyCeremony(IPasskeyHandler<Account> handler, IdentityContext database, IDataProtectionProvider protection, SecureCookies secure, TimeProvider time)
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
        var state = await TakeAsync(context, "create");
        if (state is null || answer.Length > LongestAnswer)
        {
            return null;
        }

        var result = await handler.PerformAttestationAsync(new PasskeyAttestationContext { HttpContext = context, CredentialJson = answer, AttestationState = state });
        return result.Succeeded && result.UserEntity.Id == account.ToString() ? result.Passkey : null;
    }

    /// <summary>Who signed the challenge, and the passkey with its new counter; null when nobody did.</summary>
    /// <param name="context">The request.</param>
    /// <param name="answer">JSON of the browser's answer.</param>
    /// <param name="refused">Hears of the credential that an answer to our challenge named, when that answer is not accepted: a copy's counter, a false site's origin.</param>
    public async Task<(Account Account, UserPasskeyInfo Passkey)?> AssertAsync(HttpContext context, string answer, Func<byte[], Task> refused)
    {
        var state = await TakeAsync(context, "get");
        if (state is null || answer.Length > LongestAnswer)
        {
            return null;
        }

        var result = await handler.PerformAssertionAsync(new PasskeyAssertionContext { HttpContext = context, CredentialJson = answer, AssertionState = state });
        if (result.Succeeded)
        {
            return (result.User, result.Passkey);
        }

        if (CredentialOf(answer) is { } credential)
        {
            await refused(credential);
        }

        return null;
    }

    /// <summary>The credential that an answer names; null when it names none.</summary>
    private static byte[]? CredentialOf(string answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer);
            return json.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String
                ? Base64Url.DecodeFromChars(id.GetString()) : null;
        }
        // The last: half of a surrogate pair, which is JSON and no text.
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    private void Keep(HttpContext context, string ceremony, string? state) =>
        context.Response.Cookies.Append(Cookie(ceremony), Protector(ceremony).Protect(state ?? "", Life), Options());

    private async Task<string?> TakeAsync(HttpContext context, string ceremony)
    {
        var text = context.Request.Cookies[Cookie(ceremony)];
        context.Response.Cookies.Delete(Cookie(ceremony), Options());
        if (text is null)
        {
            return null;
        }

        string state;
        try
        {
            state = Protector(ceremony).Unprotect(text);
        }
        catch (CryptographicException)
        {
            return null;
        }

        // Only what we made is written down as spent, or anybody could fill the table.
        var key = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes("passkey:" + state)).AsSpan(0, 16));
        return await SpentProof.SpendAsync(database, key, time.GetUtcNow() + Life, context.RequestAborted) ? state : null;
    }

    private ITimeLimitedDataProtector Protector(string ceremony) => protection.CreateProtector("passkey", ceremony).ToTimeLimitedDataProtector();

    private string Cookie(string ceremony) => secure.Name("yinxin.identity.passkey." + ceremony);

    private CookieOptions Options() => new() { HttpOnly = true, Secure = secure.Wanted, SameSite = SameSiteMode.Strict, IsEssential = true, Path = "/" };
}
