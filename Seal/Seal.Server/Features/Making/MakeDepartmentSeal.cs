using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Yinxin.Seal.Making;
using Yinxin.Seal.Pictures;
using Yinxin.Seal.Server.Data;
using Yinxin.Seal.Server.Features.Signers;
using Yinxin.Seal.Ses;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Security;
using Yinxin.ServiceDefaults.Tokens;
using Yinxin.ServiceDefaults.Transparency;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Suites;

namespace Yinxin.Seal.Server.Features.Making;

/// <summary>PUT /api/seals/departments/{uscc}: makes a department's official seal once; asked again, answers with the one that is there. After its destruction another may be made.</summary>
internal static class MakeDepartmentSeal
{
    private const int StatutoryName = 1;
    private const int DepartmentDiameterMm = 42;
    private const string TestMarker = "测试";
    private static readonly SemaphoreSlim Turn = new(1, 1);
    private static readonly Problem MadeElsewhere = new("seal.made.elsewhere", 503, "另一节点正在制作印章，请重试。", "Another node made a seal in the same moment; ask again.");
    private static readonly Problem BadOwner = new("seal.owner", 422, "统一社会信用代码或单位名称不正确。", "The credit code or the name of the owner is not valid.");

    public static void Map(WebApplication app) => app.MapPut("/api/seals/departments/{uscc}", HandleAsync).RequireAuthorization(ApiTokens.Scope("seal.manage"));

    private static async Task<IResult> HandleAsync(
        string uscc, Request request, HttpContext http, SealContext database, SignerStore signers, IAuditTrail audit, IDataCipher cipher, TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (!UnifiedSocialCreditCode.TryParse(uscc, out var owner) || request.Name is not { Length: >= 2 and <= 40 } name)
        {
            throw BadOwner.Exception();
        }

        // One at a time in this process; across processes the unique index on owner and type decides.
        await Turn.WaitAsync(cancellationToken);
        try
        {
            if (await database.Seals.AsNoTracking().SingleOrDefaultAsync(s => s.Owner == owner.Value && s.Type == StatutoryName && s.State != SealStates.Destroyed, cancellationToken) is { } known)
            {
                return Results.Ok(SealView.Of(known, withPicture: false));
            }

            var seal = await MakeAsync(owner, name, database, signers, time.GetUtcNow(), cancellationToken);
            var client = http.User.FindFirst("client_id")?.Value ?? http.User.FindFirst("sub")?.Value ?? "";
            database.StateEvents.Add(new SealStateEvent { Id = Guid.CreateVersion7(), EsId = seal.EsId, State = "Active", Reason = "制作", Actor = client, At = time.GetUtcNow() });
            database.Add(LoggedEvent.Message(("seal.made", time.GetUtcNow()), owner.Value, seal.Encoded, seal.EsId, cipher));
            audit.Add(new AuditEntry("seal.made", seal.EsId, client, Details: new { owner = owner.Value }));
            try
            {
                await database.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateException e) when (e.IsUniqueViolation())
            {
                // Another node made one in the same moment: this owner's, or one that took the number.
                database.ChangeTracker.Clear();
                throw MadeElsewhere.Exception(retryAfter: TimeSpan.FromSeconds(1));
            }

            return Results.Created($"/api/seals/{seal.EsId}", SealView.Of(seal, withPicture: false));
        }
        finally
        {
            Turn.Release();
        }
    }

    private static async Task<SealRecord> MakeAsync(UnifiedSocialCreditCode owner, string name, SealContext database, SignerStore signers, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Drawn first: a name that no font can write must fail before a certificate is asked for.
        var picture = Picture(name);
        using var maker = await signers.FindAsync(database, "maker", cancellationToken) ?? await MakeMakerAsync(database, signers, cancellationToken);
        var esId = await NextNumberAsync(database, owner.Division, cancellationToken);

        // One certificate for each seal, its common name the seal's number, as the national government seal CA does it.
        var organisation = DistinguishedName.OrganisationOf(owner.Value, name);
        var ses = await signers.MakeAsync($"ses-{esId}", SignatureSuite.Sm, "seal-signer", DistinguishedName.Of(organisation, esId), cancellationToken);
        var pdf = await signers.MakeAsync($"pdf-{esId}", SignatureSuite.International, "pdf-signer", DistinguishedName.Of(organisation, $"{name}（{TestMarker}）"), cancellationToken);
        database.Signers.AddRange(ses, pdf);

        var certificate = CertificateReading.Read(ses.Certificate);
        var from = Whole(new DateTimeOffset(certificate.NotBefore, TimeSpan.Zero));
        var seal = SealMaking.Make(
            new SesSealInfo
            {
                EsId = esId,
                Type = StatutoryName,
                Name = name,
                SignerCertificates = [ses.Certificate],
                CreatedAt = Whole(now),
                ValidFrom = from,
                ValidTo = Whole(new DateTimeOffset(certificate.NotAfter, TimeSpan.Zero)),
                Picture = picture,
                WidthMm = DepartmentDiameterMm,
                HeightMm = DepartmentDiameterMm,
            },
            maker.Signer,
            maker.Certificates[0]);
        var record = new SealRecord
        {
            EsId = esId,
            Owner = owner.Value,
            OwnerName = name,
            Type = StatutoryName,
            Name = name,
            Encoded = seal.Encoded.ToArray(),
            Picture = picture,
            WidthMm = DepartmentDiameterMm,
            HeightMm = DepartmentDiameterMm,
            ValidFrom = seal.Info.ValidFrom,
            ValidTo = seal.Info.ValidTo,
        };
        database.Seals.Add(record);
        return record;
    }

    private static byte[] Picture(string name)
    {
        try
        {
            return SealPicture.Round(name, TestMarker, DepartmentDiameterMm);
        }
        catch (ArgumentException)
        {
            throw BadOwner.Exception();
        }
    }

    private static async Task<ReadySigner> MakeMakerAsync(SealContext database, SignerStore signers, CancellationToken cancellationToken)
    {
        var record = await signers.MakeAsync("maker", SignatureSuite.Sm, "seal-maker", DistinguishedName.Of("印信（测试）", "印信测试制章中心"), cancellationToken);
        database.Signers.Add(record);
        return signers.Open(record);
    }

    /// <summary>Six digits of the division and eight of a sequence that is never used again.</summary>
    private static async Task<string> NextNumberAsync(SealContext database, string division, CancellationToken cancellationToken)
    {
        var last = await database.Seals.Where(s => s.EsId.StartsWith(division)).MaxAsync(s => (string?)s.EsId, cancellationToken);
        var sequence = last is null ? 1 : int.Parse(last[6..], CultureInfo.InvariantCulture) + 1;
        return division + sequence.ToString("00000000", CultureInfo.InvariantCulture);
    }

    private static DateTimeOffset Whole(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());

    internal sealed record Request(string? Name);
}

/// <summary>A seal as the API shows it.</summary>
internal sealed record SealView(
    string EsId, string Name, string Owner, string State, DateTimeOffset ValidFrom, DateTimeOffset ValidTo, int WidthMm, int HeightMm, string? Picture)
{
    public static SealView Of(SealRecord seal, bool withPicture) => new(
        seal.EsId, seal.Name, seal.Owner, seal.State, seal.ValidFrom, seal.ValidTo, seal.WidthMm, seal.HeightMm, withPicture ? Convert.ToBase64String(seal.Picture) : null);
}
