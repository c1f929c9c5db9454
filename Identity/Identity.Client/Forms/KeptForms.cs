using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace Yinxin.Identity.Client.Forms;

/// <summary>
/// What somebody had typed when the sign-in came between: kept on the server under a key that opens once, so that the page comes
/// back filled in. Files and passwords are not kept. It opens for the person who typed it, or, before anybody had signed in, in the browser in which it was typed: whoever sends
/// a link to others fills in no form for them.
/// </summary>
public sealed class KeptForms(IDistributedCache shared, IDataProtectionProvider protection)
{
    /// <summary>Parameter of the address to which the person returns.</summary>
    public const string Parameter = "kept-form";

    private const string Prefix = "yinxin.form:";
    private const string Cookie = "yinxin.forms";
    private const int MarkLength = 32;
    private const int MostCharacters = 256 * 1024;

    /// <summary>Anybody can be a visitor, as often as he likes; whose session ran out while he typed is one too.</summary>
    private const int MostCharactersOfVisitor = 32 * 1024;

    /// <summary>A longer body holds files, which are not kept: it is not read for what else is in it.</summary>
    private const int MostBytes = 2 * 1024 * 1024;
    private const long MostBytesInMemory = 64 * 1024 * 1024;
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    /// <summary>What is kept is never shown as it is stored: no character of it needs an escape of six.</summary>
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>In memory forms have a place of their own: those of visitors must not drive out the sessions that lie in the app's.</summary>
    private readonly IDistributedCache cache = shared is MemoryDistributedCache
        ? new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions { SizeLimit = MostBytesInMemory })) : shared;

    private readonly IDataProtector protector = protection.CreateProtector("yinxin.kept-forms");

    /// <summary>The current address; for a posted form with a key under which its fields wait.</summary>
    public async Task<string> AddressToReturnToAsync(HttpContext context)
    {
        var request = context.Request;
        if (!HttpMethods.IsPost(request.Method) || !request.HasFormContentType)
        {
            return HttpMethods.IsGet(request.Method) ? request.PathBase + request.Path + request.QueryString : "/";
        }

        // A form that came back filled in is posted to the address with its key, which is spent.
        var address = request.PathBase + request.Path + QueryString.Create(request.Query.Where(p => !string.Equals(p.Key, Parameter, StringComparison.OrdinalIgnoreCase)));
        return await KeepAsync(context) is { } key ? QueryHelpers.AddQueryString(address, Parameter, key) : address;
    }

    /// <summary>Keeps the fields of a posted form.</summary>
    /// <returns>The key under which they wait; null when there are none, more than is kept, or another site has sent them.</returns>
    public async Task<string?> KeepAsync(HttpContext context)
    {
        if (context.Request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin"))
        {
            return null;
        }

        if (context.Request.ContentLength is null or > MostBytes || await ReadAsync(context) is not { } form)
        {
            return null;
        }

        var subject = context.User.FindFirst("sub")?.Value;
        var fields = form
            .Where(f => !f.Key.StartsWith("__", StringComparison.Ordinal) && !f.Key.Contains("password", StringComparison.OrdinalIgnoreCase))
            .ToDictionary(f => f.Key, f => f.Value.Select(v => v ?? "").ToArray(), StringComparer.Ordinal);
        if (fields.Count == 0 || fields.Sum(f => f.Key.Length + f.Value.Sum(v => v.Length)) > (subject is null ? MostCharactersOfVisitor : MostCharacters))
        {
            return null;
        }

        var key = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(24));
        var kept = new Kept(subject, subject is null ? Mark(context) : null, fields);
        await cache.SetAsync(
            Prefix + key,
            protector.Protect(JsonSerializer.SerializeToUtf8Bytes(kept, Plain)),
            new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = Life },
            context.RequestAborted);
        return key;
    }

    /// <summary>The fields that wait for this request, once; null when there are none or they are another person's.</summary>
    public async Task<IReadOnlyDictionary<string, string[]>?> TakeAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) || context.Request.Query[Parameter].ToString() is not { Length: > 0 } key)
        {
            return null;
        }

        var bytes = await cache.GetAsync(Prefix + key, context.RequestAborted);
        if (bytes is null)
        {
            return null;
        }

        await cache.RemoveAsync(Prefix + key, context.RequestAborted);
        var kept = JsonSerializer.Deserialize<Kept>(protector.Unprotect(bytes))!;
        var own = kept.Subject is { } subject
            ? subject == context.User.FindFirst("sub")?.Value
            : kept.Browser is { } browser && browser == context.Request.Cookies[NameOf(context)];
        return own ? kept.Fields : null;
    }

    /// <summary>Null for what is no form, whatever it says that it is: whoever sends it is led on as if he had posted nothing.</summary>
    private static async Task<IFormCollection?> ReadAsync(HttpContext context)
    {
        try
        {
            return await context.Request.ReadFormAsync(context.RequestAborted);
        }
        catch (Exception e) when (e is InvalidDataException or (IOException and not BadHttpRequestException))
        {
            return null;
        }
    }

    /// <summary>The browser's mark, a new one where it has none; never given to scripts, and sent along when Identity leads back here.</summary>
    private static string Mark(HttpContext context)
    {
        var mark = context.Request.Cookies[NameOf(context)] is { Length: MarkLength } there ? there : WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(24));
        context.Response.Cookies.Append(NameOf(context), mark, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
            Path = "/",
            MaxAge = Life,
            IsEssential = true,
        });
        return mark;
    }

    /// <summary>The prefix pins it to this host where TLS allows it, so that no neighbour can set it.</summary>
    private static string NameOf(HttpContext context) => context.Request.IsHttps ? "__Host-" + Cookie : Cookie;

    private sealed record Kept(string? Subject, string? Browser, Dictionary<string, string[]> Fields);
}
