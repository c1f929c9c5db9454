using System.Text;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Trust.Log;

namespace Yinxin.Trust.Server.Features.Log;

/// <summary>GET /api/log/proofs?index= and /api/log/consistency?from=: what the tiles say, computed here for those who will not read tiles.</summary>
internal sealed class LogProofs(ITileStore files)
{
    private static readonly Problem Outside = new("log.index", 404, "日志中没有该条目。", "The published tree has no such entry.");
    private readonly TileCache cache = new();

    public IReadOnlyList<string> Inclusion(long index, long size) => Text(new ProofBuilder(files, size, cache).Inclusion(index));

    public static void Map(WebApplication app)
    {
        app.MapGet("/api/log/proofs", async (long index, LogStore store, LogProofs proofs, HttpContext http) =>
        {
            var head = await store.HeadAsync(http.RequestAborted);
            http.Response.Headers.CacheControl = "no-store";
            return index < 0 || index >= head.Size ? throw Outside.Exception()
                : new InclusionAnswer(index, proofs.Entry(index, head.Size), proofs.Inclusion(index, head.Size), head.Checkpoint);
        });
        app.MapGet("/api/log/consistency", async (long from, LogStore store, LogProofs proofs, HttpContext http) =>
        {
            var head = await store.HeadAsync(http.RequestAborted);
            http.Response.Headers.CacheControl = "no-store";
            return from < 0 || from > head.Size ? throw Outside.Exception()
                : new ConsistencyAnswer(from, Text(new ProofBuilder(proofs.Files, head.Size, proofs.cache).Consistency(from)), head.Checkpoint);
        });
    }

    private ITileStore Files => files;

    private string Entry(long index, long size)
    {
        var address = TileAddress.InTree(TileAddress.Entries, index / TileAddress.FullWidth, size);
        var bundle = files.Read(address.Path, EntryBundle.Largest) ?? throw Outside.Exception();
        return Encoding.UTF8.GetString(EntryBundle.Decode(bundle, address.Width)[(int)(index % TileAddress.FullWidth)].Span);
    }

    private static IReadOnlyList<string> Text(IReadOnlyList<byte[]> proof) => [.. proof.Select(Convert.ToBase64String)];

    internal sealed record InclusionAnswer(long Index, string Entry, IReadOnlyList<string> Proof, string Checkpoint);

    internal sealed record ConsistencyAnswer(long From, IReadOnlyList<string> Proof, string Checkpoint);
}
