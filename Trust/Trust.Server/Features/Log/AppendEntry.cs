using System.Text;
using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Tokens;
using Yinxin.Trust.Log;

namespace Yinxin.Trust.Server.Features.Log;

/// <summary>POST /api/log/entries: an entry of a server. The Idempotency-Key is for ever: the same entry under it answers the same index.</summary>
internal static class AppendEntry
{
    private static readonly Problem NoKey = new("log.key.missing", 400, "请求缺少 Idempotency-Key。", "The request needs an Idempotency-Key header of 1 to 200 characters.");
    private static readonly Problem OtherEntry = new("log.key.mismatch", 422, "该 Idempotency-Key 已用于另一条目。", "This Idempotency-Key stands for another entry.");
    private static readonly Problem BadEntry = new("log.entry", 422, "日志条目不正确。", "An entry has a kind, a time, and subject and objectDigest as 32 bytes in hex.");

    public static void Map(WebApplication app) => app.MapPost("/api/log/entries", HandleAsync).RequireAuthorization(ApiTokens.Scope("trust.log"));

    private static async Task<IResult> HandleAsync(
        Request request, HttpContext http, LogAppender appender, LogStore store, LogProgress progress, LogProofs proofs, IOptions<LogSettings> settings, bool wait = true)
    {
        var key = http.Request.Headers["Idempotency-Key"].ToString();
        if (key.Length is 0 or > 200)
        {
            throw NoKey.Exception();
        }

        if (!LogEntry.IsKind(request.Kind) || request.Time is not { } time || !TryDigest(request.Subject, out var subject) || !TryDigest(request.ObjectDigest, out var digest))
        {
            throw BadEntry.Exception();
        }

        var entry = new LogEntry(request.Kind!, time, subject, digest).Encode();
        var caller = http.User.FindFirst("client_id")?.Value ?? http.User.FindFirst("sub")?.Value ?? "";
        var index = await appender.AppendAsync(new KeyedEntry(LogAppender.KeyOf(caller, key), entry), http.RequestAborted) ?? throw OtherEntry.Exception();
        var head = wait ? await progress.WaitForAsync(index, store, settings.Value.AppendWait, http.RequestAborted) : null;
        return head is null
            ? Results.Json(new Answer(index, Encoding.ASCII.GetString(entry), null, null), statusCode: StatusCodes.Status202Accepted)
            : Results.Ok(new Answer(index, Encoding.ASCII.GetString(entry), head.Checkpoint, proofs.Inclusion(index, head.Size)));
    }

    private static bool TryDigest(string? hex, out byte[] digest)
    {
        digest = new byte[MerkleHash.Length];
        return hex?.Length == 2 * MerkleHash.Length && Convert.FromHexString(hex, digest, out _, out _) == System.Buffers.OperationStatus.Done;
    }

    /// <param name="Kind">Dotted name, e.g. <c>seal.used</c>.</param>
    /// <param name="Time">When it happened.</param>
    /// <param name="Subject">Salted digest of the subject's reference, hex.</param>
    /// <param name="ObjectDigest">Digest of the object, hex.</param>
    internal sealed record Request(string? Kind, DateTimeOffset? Time, string? Subject, string? ObjectDigest);

    /// <param name="Index">The entry's place, for ever.</param>
    /// <param name="Entry">The logged bytes.</param>
    /// <param name="Checkpoint">A signed head whose tree holds the entry; null when none was published in time (202).</param>
    /// <param name="Proof">Its inclusion proof, base64.</param>
    internal sealed record Answer(long Index, string Entry, string? Checkpoint, IReadOnlyList<string>? Proof);
}
