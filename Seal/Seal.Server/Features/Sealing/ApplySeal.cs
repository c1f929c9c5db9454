using System.Diagnostics;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using Yinxin.Seal.Making;
using Yinxin.Seal.Server.Data;
using Yinxin.Seal.Server.Features.Signers;
using Yinxin.Seal.Ses;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Idempotency;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Security;
using Yinxin.ServiceDefaults.Tokens;
using Yinxin.ServiceDefaults.Transparency;
using Yinxin.Trust.Cms;
using Yinxin.Trust.Suites;

namespace Yinxin.Seal.Server.Features.Sealing;

/// <summary>
/// POST /api/seals/{esId}/sealings: seals digests. Order of the steps: sign both, timestamp both, record the use, answer.
/// Nothing leaves before its use is recorded; a timestamp that cannot be had records nothing.
/// </summary>
internal static class ApplySeal
{
    private static readonly Problem Unknown = new("seal.unknown", 404, "没有该印章。", "There is no such seal.");
    private static readonly Problem Suspended = new("seal.state.suspended", 409, "印章已停用。", "The seal is suspended.");
    private static readonly Problem Destroyed = new("seal.state.destroyed", 409, "印章已销毁，不能使用。", "The seal is destroyed; it seals nothing.");
    private static readonly Problem Expired = new("seal.expired", 409, "印章不在有效期内。", "The seal is not within its validity.");
    private static readonly Problem BadDigest = new("seal.digest", 422, "摘要不正确。", "At least one digest of 32 bytes (base64) is needed, with an ASCII sesProperty for sesData.");

    public static readonly ActivitySource Activities = new("Yinxin.Seal.Sealing");

    public static void Map(WebApplication app) => app.MapPost("/api/seals/{esId}/sealings", HandleAsync)
        .RequireAuthorization(ApiTokens.Scope("seal.apply")).RequireIdempotencyKey<SealContext>();

    private static async Task<IResult> HandleAsync(
        string esId, Request request, HttpContext http, SealContext database, SignerStore signers, TimestampService timestamps, IMemoryCache cache, IAuditTrail audit,
        IDataCipher cipher, TimeProvider time, CancellationToken cancellationToken)
    {
        var (sesData, pdfDigest) = (Digest(request.SesData), Digest(request.PdfDigest));
        if ((sesData is null && pdfDigest is null) || (sesData is not null && (request.SesProperty is not { Length: > 0 and <= 200 } property || !Ascii.IsValid(property))))
        {
            throw BadDigest.Exception();
        }

        var now = time.GetUtcNow();
        var record = await database.Seals.AsNoTracking().SingleOrDefaultAsync(s => s.EsId == esId, cancellationToken) ?? throw Unknown.Exception();
        if (record.State != SealStates.Active)
        {
            throw (record.State == SealStates.Destroyed ? Destroyed : Suspended).Exception();
        }

        if (now < record.ValidFrom || now > record.ValidTo)
        {
            throw Expired.Exception();
        }

        using var ses = sesData is null ? null : await signers.FindAsync(database, "ses-" + esId, cancellationToken) ?? throw Unknown.Exception();
        using var pdf = pdfDigest is null ? null : await signers.FindAsync(database, "pdf-" + esId, cancellationToken) ?? throw Unknown.Exception();
        var sesTask = ses is null ? null : SesAsync(Parsed(cache, record), ses, now, sesData!, request.SesProperty!, timestamps, cancellationToken);
        var cmsTask = pdf is null ? null : CmsAsync(pdf, pdfDigest!, timestamps, cancellationToken);
        using (Activities.StartActivity("sign and timestamp"))
        {
            await Task.WhenAll(sesTask ?? Task.CompletedTask, cmsTask ?? Task.CompletedTask);
        }

        using var recording = Activities.StartActivity("record the use");
        var client = http.User.FindFirst("client_id")?.Value ?? http.User.FindFirst("sub")?.Value ?? "";
        var use = new SealUse
        {
            Id = Guid.CreateVersion7(now),
            EsId = esId,
            Caller = client,
            Purpose = Short(request.Purpose),
            DocumentName = Short(request.DocumentName),
            DataHash = sesData is null ? null : Convert.ToHexStringLower(sesData),
            PdfDigest = pdfDigest is null ? null : Convert.ToHexStringLower(pdfDigest),
            At = now,
        };
        database.Uses.Add(use);
        database.Add(LoggedEvent.Message(("seal.used", now), esId, SealEvents.Bytes(use), use.Id.ToString(), cipher));
        audit.Add(new AuditEntry("seal.applied", esId, client, Details: new { document = Short(request.DocumentName), request.Purpose }));
        await database.SaveChangesAsync(cancellationToken);
        return Results.Ok(new Answer(
            sesTask is null ? null : Convert.ToBase64String(await sesTask), cmsTask is null ? null : Convert.ToBase64String(await cmsTask), now));
    }

    private static async Task<byte[]> SesAsync(SesSeal seal, ReadySigner signer, DateTimeOffset now, byte[] hash, string property, TimestampService timestamps, CancellationToken cancellationToken)
    {
        var signature = SealMaking.Apply(seal, signer.Signer, signer.Certificates[0], now, hash, property);
        return SealMaking.WithTimestamp(signature, await timestamps.StampAsync(SignatureSuite.Sm, signature.Signature, cancellationToken)).Encoded.ToArray();
    }

    private static async Task<byte[]> CmsAsync(ReadySigner signer, byte[] digest, TimestampService timestamps, CancellationToken cancellationToken)
    {
        var cms = CmsSignatures.CreateDetached(signer.Signer, signer.Certificates, digest);
        return CmsSignatures.AddTimestamp(cms, await timestamps.StampAsync(SignatureSuite.International, CmsSignatures.SignatureValue(cms), cancellationToken));
    }

    private static SesSeal Parsed(IMemoryCache cache, SealRecord record) =>
        cache.GetOrCreate((typeof(ApplySeal), record.EsId), entry =>
        {
            entry.SlidingExpiration = TimeSpan.FromMinutes(30);
            return SesSeal.Read(record.Encoded);
        }) ?? throw new UnreachableException();

    private static byte[]? Digest(string? base64)
    {
        if (base64 is null)
        {
            return null;
        }

        var digest = new byte[Digests.Length];
        return Convert.TryFromBase64String(base64, digest, out var written) && written == Digests.Length ? digest : throw BadDigest.Exception();
    }

    private static string Short(string? text) => text is null ? "" : text[..Math.Min(200, text.Length)];

    internal sealed record Request(string? SesData, string? SesProperty, string? PdfDigest, string? Purpose, string? DocumentName);

    internal sealed record Answer(string? SesSignature, string? Cms, DateTimeOffset SealedAt);
}
