using Yinxin.Trust.Log;

namespace Yinxin.Trust.Server.Features.Log;

/// <summary>The log for everyone, as C2SP tlog-tiles says: <c>/log/checkpoint</c>, <c>/log/tile/…</c>; and its keys at <c>/log/keys</c>.</summary>
internal static class ServeLog
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/log/checkpoint", async (LogStore store, HttpContext http) =>
        {
            var head = await store.HeadAsync(http.RequestAborted);
            http.Response.Headers.CacheControl = "no-cache";
            return head.Checkpoint.Length == 0 ? Results.NotFound() : Results.Text(head.Checkpoint, "text/plain; charset=utf-8");
        });
        app.MapGet("/log/tile/{**path}", (string path, ITileStore files, HttpContext http) =>
        {
            if (!TileAddress.TryParse("tile/" + path, out var tile) || Content(files, tile) is not { } content)
            {
                return Results.NotFound();
            }

            // What is written once never changes; of partial tiles only the width that a head speaks of is asked for.
            http.Response.Headers.CacheControl = tile.IsFull ? "public, max-age=31536000, immutable" : "public, max-age=86400";
            return Results.Bytes(content, "application/octet-stream");
        });
        app.MapGet("/log/keys", (LogKeys keys, HttpContext http) =>
        {
            http.Response.Headers.CacheControl = "public, max-age=300";
            return Results.Text(string.Concat(keys.Signers.Select(s => $"{s.Verifier}\n")), "text/plain; charset=utf-8");
        });
    }

    private static byte[]? Content(ITileStore files, TileAddress tile) =>
        files.Read(tile.Path, tile.Level == TileAddress.Entries ? EntryBundle.Largest : TileAddress.FullWidth * MerkleHash.Length);
}
