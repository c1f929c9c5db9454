using System.Collections.Concurrent;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;

namespace Yinxin.Web.Components;

/// <summary>
/// Serves files embedded in an assembly as <c>/assets/…</c>. Embedded, because then an app serves the same files alone, in one
/// process with others, and under test. Compressed once; cached for ever when asked for with the hash of the content.
/// </summary>
public static class EmbeddedAssets
{
    private const string Prefix = "assets/";
    private static readonly FileExtensionContentTypeProvider Types = new();

    /// <summary>Maps the assets of an assembly; an app's own may stand beside the kit's.</summary>
    public static void MapEmbeddedAssets(this WebApplication app, Assembly assembly)
    {
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var asset = new Lazy<Asset>(() => Asset.Read(assembly, name));
            app.MapGet("/" + name, context => ServeAsync(context, asset.Value));
        }
    }

    /// <summary>The address of one of the kit's assets with the hash of its content.</summary>
    internal static string Address(string name) => Hashes.GetOrAdd(name, static n => $"/assets/{n}?v={Asset.Read(typeof(EmbeddedAssets).Assembly, Prefix + n).Hash}");

    private static readonly ConcurrentDictionary<string, string> Hashes = new(StringComparer.Ordinal);

    private static async Task ServeAsync(HttpContext context, Asset asset)
    {
        var response = context.Response;
        response.Headers.CacheControl = context.Request.Query["v"] == asset.Hash ? "public, max-age=31536000, immutable" : "no-cache";
        response.Headers.ETag = $"\"{asset.Hash}\"";
        response.Headers.Vary = "Accept-Encoding";
        if (context.Request.Headers.IfNoneMatch == response.Headers.ETag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = asset.ContentType;
        var compressed = context.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal) && asset.Brotli.Length < asset.Content.Length;
        if (compressed)
        {
            response.Headers.ContentEncoding = "br";
        }

        var body = compressed ? asset.Brotli : asset.Content;
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, context.RequestAborted);
    }

    private sealed record Asset(byte[] Content, byte[] Brotli, string Hash, string ContentType)
    {
        public static Asset Read(Assembly assembly, string name)
        {
            using var stream = assembly.GetManifestResourceStream(name) ?? throw new FileNotFoundException($"There is no asset {name}.");
            using var content = new MemoryStream();
            stream.CopyTo(content);
            using var compressed = new MemoryStream();
            using (var brotli = new BrotliStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
            {
                brotli.Write(content.ToArray());
            }

            var type = Types.TryGetContentType(name, out var known) ? known : "application/octet-stream";
            return new Asset(
                content.ToArray(), compressed.ToArray(), Convert.ToHexStringLower(SHA256.HashData(content.ToArray()).AsSpan(0, 8)),
                type.StartsWith("text/", StringComparison.Ordinal) ? type + "; charset=utf-8" : type);
        }
    }
}
