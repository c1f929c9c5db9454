using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Forms;

/// <summary>What became of a form that was sent after a session had ended.</summary>
internal enum KeptForm
{
    None,

    /// <summary>It is filled in again.</summary>
    Restored,

    /// <summary>It was too long to be kept: the person is told so.</summary>
    TooLong,
}

/// <summary>
/// What somebody had typed when the session turned out to have ended, or a proof of oneself to be too old: an official who talks with a person at the window for a quarter of an hour types
/// nothing twice. Kept encrypted in the browser, for half an hour, for the page and for the account that typed it: whoever signs in there instead sees nothing of it.
/// </summary>
internal sealed class KeptForms(IDataProtectionProvider protection, SecureCookies secure)
{
    private const int MostBytes = 16 * 1024;
    private const int MostCharacters = 4000;

    /// <summary>All headers of a request together may have 32 KB here, and less at some proxies: what would make every further request fail is not kept.</summary>
    private const int MostCookie = 6 * 1024;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(30);

    /// <summary>A long finding in Chinese does not fit into the 4096 bytes of which browsers drop every further one.</summary>
    private static readonly ChunkingCookieManager Cookies = new();

    /// <summary>It never stands in a page; escaped, a Chinese character would take twice the room.</summary>
    private static readonly JsonSerializerOptions Brief = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly ITimeLimitedDataProtector protector = protection.CreateProtector("kept-form").ToTimeLimitedDataProtector();

    private string Cookie => secure.Name("yinxin.identity.form");

    /// <summary>Keeps the form of a request that is sent to sign in, where its page wants that.</summary>
    /// <param name="context">The request; receives the cookie.</param>
    /// <param name="account">Who typed it; null: nobody knows, and nothing is kept.</param>
    public async Task KeepAsync(HttpContext context, Guid? account)
    {
        var request = context.Request;
        if (account is not { } owner || context.GetEndpoint()?.Metadata.GetMetadata<KeepsFormAttribute>() is not { } page || !HttpMethods.IsPost(request.Method) || !request.HasFormContentType ||
            request.ContentLength is null || request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin"))
        {
            return;
        }

        var path = request.Path.Value ?? "";
        if (request.ContentLength > MostBytes)
        {
            Append(context, Write(new Kept(owner, path, [])));
            return;
        }

        IFormCollection form;
        try
        {
            form = await request.ReadFormAsync(context.RequestAborted);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return;
        }

        var fields = page.Fields.Where(form.ContainsKey).ToDictionary(name => name, name => form[name].ToString(), StringComparer.Ordinal);
        if (fields.Values.All(string.IsNullOrWhiteSpace))
        {
            return;
        }

        var text = fields.Values.Sum(value => value.Length) > MostCharacters ? null : Write(new Kept(owner, path, fields));
        Append(context, text is { Length: <= MostCookie } ? text : Write(new Kept(owner, path, [])));
    }

    /// <summary>Fills in what was kept for this page and this account, once. Another's is thrown away.</summary>
    /// <param name="page">The page that is about to be shown.</param>
    /// <param name="account">Who is signed in.</param>
    /// <returns>Whether there was anything, and whether it was kept.</returns>
    public KeptForm Restore(PageModel page, Guid account)
    {
        var context = page.HttpContext;
        if (Cookies.GetRequestCookie(context, Cookie) is not { } text)
        {
            return KeptForm.None;
        }

        var kept = Read(text);
        var own = kept is not null && kept.Account == account;
        if (own && !string.Equals(kept!.Path, context.Request.Path.Value, StringComparison.OrdinalIgnoreCase))
        {
            return KeptForm.None;
        }

        Cookies.DeleteCookie(context, Cookie, Options(life: null));
        if (!own)
        {
            return KeptForm.None;
        }

        foreach (var (name, value) in kept!.Fields)
        {
            page.ModelState.SetModelValue(name, value, value);
            page.ModelState.MarkFieldSkipped(name);
        }

        return kept.Fields.Count == 0 ? KeptForm.TooLong : KeptForm.Restored;
    }

    private void Append(HttpContext context, string text) => Cookies.AppendResponseCookie(context, Cookie, text, Options(Life));

    private string Write(Kept kept) => protector.Protect(JsonSerializer.Serialize(kept, Brief), Life);

    private Kept? Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<Kept>(protector.Unprotect(text));
        }
        catch (Exception e) when (e is CryptographicException or FormatException or JsonException)
        {
            return null;
        }
    }

    /// <param name="life">A browser that is left open does not carry it about for longer than it can be read.</param>
    private CookieOptions Options(TimeSpan? life) => new() { HttpOnly = true, Secure = secure.Wanted, SameSite = SameSiteMode.Lax, IsEssential = true, Path = "/", MaxAge = life };

    private sealed record Kept(Guid Account, string Path, Dictionary<string, string> Fields);
}
