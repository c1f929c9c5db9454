using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;
using Yinxin.Identity.Server.Features.Protocol.Keys;
using Yinxin.ServiceDefaults.Endings;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Identity.Server.Features.Endings;

/// <summary><c>GET /api/endings?after=</c>: what ended while its tokens live, for servers that judge tokens by their signature. Scope <c>identity.endings</c>.</summary>
internal static class EndingsEndpoint
{
    private static readonly Problem BadCursor = new("identity.endings.cursor", 400, "游标不正确。", "The cursor is not one that this feed has given.");

    public static void MapEndings(this WebApplication app) => app.MapGet("/api/endings", ReadAsync).RequireAuthorization(ApiTokens.Scope("identity.endings"));

    private static async Task<IResult> ReadAsync(string? after, HttpContext http, EndingsReader reader, CancellationToken cancellationToken)
    {
        var cursor = EndingsReader.Parse(after);
        if (after is not null && cursor is null)
        {
            throw BadCursor.Exception();
        }

        var page = await reader.ReadAsync(cursor, cancellationToken);
        var tag = Tag(page);
        http.Response.Headers.CacheControl = "private, no-cache";
        http.Response.GetTypedHeaders().ETag = tag;
        return http.Request.GetTypedHeaders().IfNoneMatch.Contains(tag) ? Results.StatusCode(StatusCodes.Status304NotModified) : Results.Json(page);
    }

    /// <summary>Of what is in the page, whatever question led to it: the same items need not be sent twice.</summary>
    private static EntityTagHeaderValue Tag(EndingsPage page)
    {
        var text = string.Join('\n', page.Items.Select(i => $"{i.Kind} {i.Id} {i.At.UtcTicks} {i.Version}"));
        return new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32]}\"");
    }
}

/// <summary>Identity's own APIs read the table instead of asking over HTTP. A node that hears of a key that another one withdrew drops it from its own at once.</summary>
internal sealed class OwnEndings(IServiceScopeFactory scopes, KeyRing ring) : IEndingsSource
{
    public bool IsAvailable => true;

    public async Task<EndingsPage?> ReadAsync(string? cursor, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var page = await scope.ServiceProvider.GetRequiredService<EndingsReader>().ReadAsync(EndingsReader.Parse(cursor), cancellationToken);
        if (page.Items.Any(item => ring.Trusts(item.Key)))
        {
            ring.Reload();
        }

        return page;
    }
}
