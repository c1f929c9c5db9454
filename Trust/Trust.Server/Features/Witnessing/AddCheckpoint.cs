using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.EntityFrameworkCore;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Trust.Log;
using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Server.Features.Witnessing;

/// <summary>
/// POST /add-checkpoint (C2SP tlog-witness): cosigns a known log's checkpoint that extends the one cosigned last. The order of the checks is the
/// specification's; what was cosigned is stored before the answer, by a conditional update, so that of two requests at once one wins.
/// </summary>
internal static class AddCheckpoint
{
    private static readonly Problem Malformed = new("witness.malformed", 400, "请求格式不正确。", "The request is not in the form of C2SP tlog-witness, or its old size is larger than its checkpoint's.");
    private static readonly Problem Unsigned = new("witness.signature", 403, "检查点未由该日志的密钥签名。", "No key of this log signed the checkpoint.");
    private static readonly Problem Unknown = new("witness.origin", 404, "不见证该日志。", "This log is not witnessed here.");
    private static readonly Problem Inconsistent = new("witness.proof", 422, "一致性证明不成立。", "The consistency proof does not hold.");

    public static void Map(WebApplication app)
    {
        app.MapPost("/add-checkpoint", HandleAsync);
        app.MapGet("/witness/key", (WitnessSigner signer) => Results.Text($"{signer.Verifier}\n", "text/plain; charset=utf-8"));
    }

    private static async Task<IResult> HandleAsync(HttpContext http, WitnessSigner signer, TrustContext database, TimeProvider time)
    {
        var request = await ReadAsync(http);
        DemandSigned(request, signer.KeysOf(request.Checkpoint.Origin) ?? throw Unknown.Exception());
        if (request.OldSize > request.Checkpoint.Size)
        {
            throw Malformed.Exception();
        }

        var known = await database.Set<WitnessedLog>().AsNoTracking().SingleOrDefaultAsync(l => l.Origin == request.Checkpoint.Origin, http.RequestAborted);
        var size = known?.Size ?? 0;
        if (request.OldSize != size || (known is not null && size == request.Checkpoint.Size && !known.Root.AsSpan().SequenceEqual(request.Checkpoint.Root.Span)))
        {
            return Conflict(size);
        }

        if (!Extends(request, known))
        {
            throw Inconsistent.Exception();
        }

        return await StoreAsync(database, request.Checkpoint, known, time.GetUtcNow(), http.RequestAborted)
            ? Results.Text(signer.Cosign(request.Note.Text).Line, "text/plain; charset=utf-8")
            : Conflict(await database.Set<WitnessedLog>().Where(l => l.Origin == request.Checkpoint.Origin).Select(l => l.Size).SingleAsync(http.RequestAborted));
    }

    private static async Task<CheckpointRequest> ReadAsync(HttpContext http)
    {
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = CheckpointRequest.Largest;
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        try
        {
            return CheckpointRequest.Parse(body.ToArray());
        }
        catch (CryptographicException)
        {
            throw Malformed.Exception();
        }
    }

    private static void DemandSigned(CheckpointRequest request, IReadOnlyList<NoteVerifier> keys)
    {
        try
        {
            if (request.Note.Verify(keys).Count > 0)
            {
                return;
            }
        }
        catch (CryptographicException)
        {
            // A wrong signature of a known key: refused like a missing one.
        }

        throw Unsigned.Exception();
    }

    private static bool Extends(CheckpointRequest request, WitnessedLog? known)
    {
        if (request.OldSize == 0)
        {
            var isEmpty = request.Checkpoint.Size == 0;
            return request.Proof.Count == 0 && (!isEmpty || request.Checkpoint.Root.Span.SequenceEqual(MerkleHash.Empty()));
        }

        return MerkleProof.Extends(request.OldSize, request.Checkpoint.Size, known!.Root, request.Checkpoint.Root.Span, request.Proof);
    }

    private static async Task<bool> StoreAsync(TrustContext database, Checkpoint checkpoint, WitnessedLog? known, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (size, root) = (checkpoint.Size, checkpoint.Root.ToArray());
        if (known is not null)
        {
            return await database.Set<WitnessedLog>().Where(l => l.Origin == checkpoint.Origin && l.Size == known.Size && l.Root == known.Root)
                .ExecuteUpdateAsync(set => set.SetProperty(l => l.Size, size).SetProperty(l => l.Root, root).SetProperty(l => l.CosignedAt, now), cancellationToken) == 1;
        }

        try
        {
            database.Add(new WitnessedLog { Origin = checkpoint.Origin, Size = size, Root = root, CosignedAt = now });
            await database.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            return false;
        }
    }

    private static IResult Conflict(long size) =>
        Results.Text(size.ToString(CultureInfo.InvariantCulture) + "\n", "text/x.tlog.size", statusCode: StatusCodes.Status409Conflict);
}
