using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Security;
using Yinxin.ServiceDefaults.Tokens;
using Yinxin.ServiceDefaults.Transparency;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Issuing;
using Yinxin.Trust.TrustLists;

namespace Yinxin.Trust.Server.Features.TrustLists;

/// <summary>
/// POST /api/trust-lists: recognises a list of another scheme. The first time its signer's certificate must be given, having come by another way; later
/// issues may be signed by that signer or by those that the last issue announced.
/// </summary>
internal static class ImportTrustList
{
    private static readonly Problem Malformed = new("trustList.request", 422, "须提供签名的信任列表；首次导入还须提供其签名证书。", "A signed list is expected, and its signer's certificate when it comes for the first time.");
    private static readonly Problem TooMany = new("trustList.tooMany", 409, "已承认的信任列表过多。", "More lists are recognised than the settings allow.");
    private static readonly Problem Moved = new("trustList.moved", 409, "同一列表正在被另一请求导入，请重试。", "Another request imports the same list; try again.");

    public static void Map(WebApplication app) => app.MapPost("/api/trust-lists", HandleAsync).RequireAuthorization(ApiTokens.Scope("trust.lists"));

    private static async Task<IResult> HandleAsync(
        Request request, HttpContext http, TrustContext database, IAuditTrail audit, IDataCipher cipher, IOptions<TrustListSettings> settings, TimeProvider time)
    {
        if (string.IsNullOrEmpty(request.Jws) || request.Location is { IsAbsoluteUri: false } or { AbsoluteUri.Length: > 2000 })
        {
            throw Malformed.Exception();
        }

        try
        {
            return await ImportAsync(request, http, database, audit, cipher, settings.Value, time.GetUtcNow());
        }
        catch (TrustListException e)
        {
            throw new Problem(e.Code, 422, "信任列表未被接受。", "The trust list is not accepted: " + e.Message).Exception();
        }
        catch (DbUpdateException e) when (e is DbUpdateConcurrencyException || e.IsUniqueViolation())
        {
            throw Moved.Exception();
        }
    }

    private static async Task<IResult> ImportAsync(
        Request request, HttpContext http, TrustContext database, IAuditTrail audit, IDataCipher cipher, TrustListSettings settings, DateTimeOffset now)
    {
        var known = await database.RecognisedTrustLists.ToListAsync(http.RequestAborted);
        var given = request.Signer is null ? null : Read(request.Signer);

        // Without a certificate of its own the list must be the successor of a known one: its signature says of which.
        var (list, signer) = TrustListSignature.Verify(request.Jws!, given is not null ? [given] : [.. known.SelectMany(RecognisedAnchors.Signers)]);
        TrustListRules.Check(list, now, request.Territory);
        if (list.Scheme.Territory == settings.Territory && list.Scheme.Type == TrustListTerms.ListType)
        {
            throw new TrustListException("trustList.territory", "The list is of our own scheme.");
        }

        var record = known.Find(k => k.Territory == list.Scheme.Territory && k.Type == list.Scheme.Type);
        if (record is null)
        {
            _ = given ?? throw new TrustListException("trustList.signer", "The list of this scheme comes for the first time: its signer's certificate must be given.");
            _ = known.Count < settings.MostRecognised ? 0 : throw TooMany.Exception();
            database.Add(record = new RecognisedTrustList { Territory = list.Scheme.Territory, Type = list.Scheme.Type });
        }
        else
        {
            var pinned = RecognisedAnchors.Signers(record);
            _ = given is not null || pinned.Any(signer.IsSame) ? 0 : throw new TrustListException("trustList.signer", "The list is signed by the signer of another scheme.");
            TrustListRules.CheckSuccession(TrustListSignature.Verify(record.Jws, pinned).List, list);
        }

        var isNew = record.Jws.Length == 0;
        Fill(record, request, list, signer, now, Caller.Of(http));
        var name = FormattableString.Invariant($"{record.Territory}/{record.SequenceNumber}");
        audit.Add(new AuditEntry("trust.list.imported", name, record.ImportedBy, Details: new { record.Type }));
        database.Add(LoggedEvent.Message(("trustList.imported", now), name, System.Text.Encoding.ASCII.GetBytes(record.Jws), FormattableString.Invariant($"{name}/{now.UtcTicks}"), cipher));
        await database.SaveChangesAsync(http.RequestAborted);
        var view = TrustListView.Of(record, now);
        return isNew ? Results.Created($"/api/trust-lists/{record.Territory}", view) : Results.Ok(view);
    }

    private static void Fill(RecognisedTrustList record, Request request, TrustList list, PathCertificate signer, DateTimeOffset now, string caller)
    {
        record.Jws = request.Jws!;
        record.SequenceNumber = list.Scheme.SequenceNumber;
        record.IssuedAt = list.Scheme.IssuedAt;
        record.NextUpdate = list.Scheme.NextUpdate;
        record.NextSigners = string.Join('\n', TrustListRules.NextSigners(list, signer).Select(c => Convert.ToBase64String(c.Encoded.Span)));
        record.Location = request.Location?.AbsoluteUri ?? record.Location;
        record.ImportedAt = now;
        record.ImportedBy = caller;
    }

    private static PathCertificate Read(string base64)
    {
        try
        {
            return PathCertificate.Read(Convert.FromBase64String(base64));
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            throw Malformed.Exception();
        }
    }

    /// <param name="Jws">The signed list in compact form.</param>
    /// <param name="Signer">Base64 DER of the certificate that signs it; needed the first time.</param>
    /// <param name="Territory">The territory that is expected; null for any.</param>
    /// <param name="Location">Where it is published.</param>
    internal sealed record Request(string? Jws, string? Signer, string? Territory, Uri? Location);
}
