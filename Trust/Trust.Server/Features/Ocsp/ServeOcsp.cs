using System.Buffers.Text;
using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Trust.Ocsp;

namespace Yinxin.Trust.Server.Features.Ocsp;

/// <summary>POST /ocsp/{authority} and GET /ocsp/{authority}/{base64} (RFC 6960 appendix A.1, RFC 5019 §5), public.</summary>
internal static class ServeOcsp
{
    private const string RequestType = "application/ocsp-request";
    private const string ResponseType = "application/ocsp-response";
    private const int LongestPath = 2048;

    /// <summary>How long another may serve a copy: so long a revocation may stay unseen there. The answer itself lasts longer, for when this server is away.</summary>
    private const int CopySeconds = 300;
    private static readonly Problem WrongType = new("ocsp.contentType", 415, "请使用 application/ocsp-request。", "Send application/ocsp-request.");

    public static void Map(WebApplication app)
    {
        app.MapPost("/ocsp/{authority}", PostAsync);
        app.MapGet("/ocsp/{authority}/{**request}", GetAsync);
    }

    private static async Task PostAsync(string authority, HttpContext http, OcspService service, TimeProvider time)
    {
        if (http.Request.ContentType != RequestType)
        {
            throw WrongType.Exception();
        }

        if (service.Find(authority) is not { } found)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = OcspRequest.Largest;
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        await WriteAsync(http, await service.AnswerAsync(found, body.ToArray(), Address(http), http.RequestAborted), time);
    }

    private static async Task GetAsync(string authority, string? request, HttpContext http, OcspService service, TimeProvider time)
    {
        if (service.Find(authority) is not { } found)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        // Routing leaves an encoded slash as it is, so that it does not divide the path.
        var text = request?.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase) ?? "";
        var der = new byte[Base64.GetMaxDecodedFromUtf8Length(Math.Min(text.Length, LongestPath))];
        var reply = text.Length is > 0 and <= LongestPath && Convert.TryFromBase64String(text, der, out var length)
            ? await service.AnswerAsync(found, der.AsMemory(0, length), Address(http), http.RequestAborted) : OcspReply.Malformed;
        if (reply.Kept is { } kept && http.Request.Headers.IfNoneMatch == kept.Headers.Tag)
        {
            SetHeaders(http, kept, time);
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        await WriteAsync(http, reply, time);
    }

    private static string Address(HttpContext http) => http.Connection.RemoteIpAddress?.ToString() ?? "";

    private static async Task WriteAsync(HttpContext http, OcspReply reply, TimeProvider time)
    {
        if (reply.Kept is { } kept)
        {
            SetHeaders(http, kept, time);
        }
        else
        {
            http.Response.Headers.CacheControl = "no-store";
        }

        http.Response.ContentType = ResponseType;
        http.Response.ContentLength = reply.Der.Length;
        await http.Response.BodyWriter.WriteAsync(reply.Der, http.RequestAborted);
    }

    /// <summary>As RFC 5019 §6.2 has them.</summary>
    private static void SetHeaders(HttpContext http, KeptAnswer kept, TimeProvider time)
    {
        var headers = http.Response.Headers;
        var left = (int)Math.Clamp((kept.NextUpdate - time.GetUtcNow()).TotalSeconds, 0, CopySeconds);
        headers.CacheControl = left == CopySeconds ? "max-age=300, public, no-transform, must-revalidate"
            : string.Create(CultureInfo.InvariantCulture, $"max-age={left}, public, no-transform, must-revalidate");
        headers.ETag = kept.Headers.Tag;
        headers.LastModified = kept.Headers.LastModified;
        headers.Expires = kept.Headers.Expires;
    }
}
