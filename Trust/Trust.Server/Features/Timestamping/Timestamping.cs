using Microsoft.AspNetCore.Http.Features;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Trust.Server.Features.Authorities;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;

namespace Yinxin.Trust.Server.Features.Timestamping;

/// <summary>POST /tsa and /tsa/sm: RFC 3161 over HTTP (§3.4), public.</summary>
internal static class Timestamping
{
    private const int LargestRequest = 4 * 1024;
    private static readonly Problem WrongType = new("tsa.contentType", 415, "请使用 application/timestamp-query。", "Send application/timestamp-query.");

    public static void Map(WebApplication app)
    {
        Map(app, "/tsa", SignatureSuite.International);
        Map(app, "/tsa/sm", SignatureSuite.Sm);
    }

    private static void Map(WebApplication app, string path, SignatureSuite suite) => app.MapPost(path, async (HttpContext http, AuthorityStore authorities, TimeProvider time) =>
    {
        if (http.Request.ContentType != "application/timestamp-query")
        {
            throw WrongType.Exception();
        }

        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = LargestRequest;
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        var tsa = authorities["timestamps", suite];
        var authority = new TimestampAuthority(tsa.Signer, [tsa.Certificate, authorities["tsa", suite].Certificate], time);
        http.Response.Headers.CacheControl = "no-store";
        return Results.Bytes(authority.Answer(body.ToArray()), "application/timestamp-reply");
    });
}
