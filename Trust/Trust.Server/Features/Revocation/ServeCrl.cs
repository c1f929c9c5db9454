using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Server.Features.Authorities;

namespace Yinxin.Trust.Server.Features.Revocation;

/// <summary>The CRLs over HTTP (RFC 5280 §4.2.1.13, RFC 2585): <c>/crl/{name}.crl</c> has every certificate of the authority, <c>/crl/{name}/{n}.crl</c> one part, and each its <c>delta.crl</c>.</summary>
internal static class ServeCrl
{
    /// <summary>How long another may serve a copy: so long a revocation may stay unseen there.</summary>
    private static readonly TimeSpan Copy = TimeSpan.FromMinutes(5);
    private static readonly string[] Methods = ["GET", "HEAD"];

    public static void Map(WebApplication app)
    {
        Map(app, "/crl/{name}.crl", delta: false);
        Map(app, "/crl/{name}/delta.crl", delta: true);
        Map(app, "/crl/{name}/{partition:int:range(1,1000)}.crl", delta: false);
        Map(app, "/crl/{name}/{partition:int:range(1,1000)}/delta.crl", delta: true);
    }

    private static void Map(WebApplication app, string path, bool delta) =>
        app.MapMethods(path, Methods, async (string name, int? partition, AuthorityStore authorities, OfflineRoots offline, CrlPublication lists, TimeProvider time, HttpContext http) =>
        {
            if (await lists.GetAsync(new ListScope(name, partition ?? 0), http.RequestAborted) is { } pair)
            {
                var list = delta ? pair.Delta : pair.Full;
                return Answer(http, list.Der, list.ThisUpdate, list.NextUpdate - time.GetUtcNow());
            }

            var brought = partition is not null || delta ? null : authorities.Find(name) is { IsOffline: true } root ? offline.Crl(root.Certificate) : offline.CrlNamed(name);
            if (brought is null)
            {
                return Results.NotFound();
            }

            var crl = CertificateReading.ReadCrl(brought);
            return Answer(http, brought, new DateTimeOffset(crl.ThisUpdate, TimeSpan.Zero), crl.NextUpdate is { } next ? next - time.GetUtcNow().UtcDateTime : TimeSpan.Zero);
        });

    private static IResult Answer(HttpContext http, byte[] der, DateTimeOffset made, TimeSpan left)
    {
        var age = (int)Math.Max(0, Math.Min(Copy.TotalSeconds, left.TotalSeconds));
        http.Response.Headers.CacheControl = string.Create(CultureInfo.InvariantCulture, $"public, max-age={age}");
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(der).AsSpan(0, 16))}\"");
        return Results.Bytes(der, "application/pkix-crl", lastModified: made, entityTag: tag);
    }
}
