using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Caching.Distributed;

namespace Yinxin.Identity.Client.Forms;

/// <summary>
/// What somebody had typed when the sign-in came between: kept on the server under a key that opens once, so that the page comes
/// back filled in. Files and passwords are not kept.
/// </summary>
public sealed class KeptForms(IDistributedCache cache, IDataProtectionProvider protection)
{
    /// <summary>Parameter of the address to which the person returns.</summary>
    public const string Parameter = "kept-form";

    private const string Prefix = "yinxin.form:";
    private const int MostCharacters = 256 * 1024;
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);
    private readonly IDataProtector protector = protection.CreateProtector("yinxin.kept-forms");

    /// <summary>The current address; for a posted form with a key under which its fields wait.</summary>
    public async Task<string> AddressToReturnToAsync(HttpContext context)
    {
        var request = context.Request;
        var address = request.PathBase + request.Path + request.QueryString;
        if (!HttpMethods.IsPost(request.Method) || !request.HasFormContentType)
        {
            return HttpMethods.IsGet(request.Method) ? address : "/";
        }

        return await KeepAsync(context) is { } key ? QueryHelpers.AddQueryString(address, Parameter, key) : address;
    }

    /// <summary>Keeps the fields of a posted form.</summary>
    /// <returns>The key under which they wait; null when there are none, or more than is kept.</returns>
    public async Task<string?> KeepAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var fields = form
            .Where(f => !f.Key.StartsWith("__", StringComparison.Ordinal) && !f.Key.Contains("password", StringComparison.OrdinalIgnoreCase))
            .ToDictionary(f => f.Key, f => f.Value.Select(v => v ?? "").ToArray(), StringComparer.Ordinal);
        if (fields.Count == 0 || fields.Sum(f => f.Key.Length + f.Value.Sum(v => v.Length)) > MostCharacters)
        {
            return null;
        }

        var key = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(24));
        var kept = new Kept(context.User.FindFirst("sub")?.Value, fields);
        await cache.SetAsync(
            Prefix + key,
            protector.Protect(JsonSerializer.SerializeToUtf8Bytes(kept)),
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
        return kept.Subject is null || kept.Subject == context.User.FindFirst("sub")?.Value ? kept.Fields : null;
    }

    private sealed record Kept(string? Subject, Dictionary<string, string[]> Fields);
}
