using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;

namespace Yinxin.Trust.Server.Features.Timestamping;

/// <summary>POST /tsa and /tsa/sm: RFC 3161 over HTTP (§3.4), public. Whatever is wrong with a request is told by the protocol, with HTTP 200.</summary>
internal static class Timestamping
{
    private const int LargestRequest = 4 * 1024;
    private static readonly Problem WrongType = new("tsa.contentType", 415, "请使用 application/timestamp-query。", "Send application/timestamp-query.");

    public static void AddTimestamping(this IServiceCollection services)
    {
        services.AddValidatedOptions<TimeSettings>(TimeSettings.Section);
        services.AddSingleton<VouchedTime>();
        services.AddHostedService(provider => provider.GetRequiredService<VouchedTime>());
        services.AddHealthChecks().AddCheck<VouchedTime>("clock");
        services.AddSingleton<TimestampAuthorities>();
        services.AddSingleton<TimestampRenewal>();
        services.AddHostedService(provider => provider.GetRequiredService<TimestampRenewal>());
    }

    public static void Map(WebApplication app)
    {
        Map(app, "/tsa", SignatureSuite.International);
        Map(app, "/tsa/sm", SignatureSuite.Sm);
    }

    private static void Map(WebApplication app, string path, SignatureSuite suite) => app.MapPost(path, async (HttpContext http, TimestampAuthorities authorities, ILogger<TimestampAuthorities> log) =>
    {
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) || !type.MediaType.Equals("application/timestamp-query", StringComparison.OrdinalIgnoreCase))
        {
            throw WrongType.Exception();
        }

        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = LargestRequest;
        using var body = new MemoryStream(capacity: 256);
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        http.Response.Headers.CacheControl = "no-store";
        return Results.Bytes(Answer(authorities, suite, body.GetBuffer().AsSpan(0, (int)body.Length), log), "application/timestamp-reply");
    });

    private static byte[] Answer(TimestampAuthorities authorities, SignatureSuite suite, ReadOnlySpan<byte> request, ILogger log)
    {
        try
        {
            return authorities[suite].Answer(request);
        }
        catch (CryptographicException e)
        {
            log.LogError(e, "The {Suite} TSA cannot sign.", suite);
            return TimestampAuthority.SystemFailure();
        }
    }
}
