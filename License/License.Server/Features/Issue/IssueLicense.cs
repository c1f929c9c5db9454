using System.Globalization;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.License.Documents;
using Yinxin.License.Identifiers;
using Yinxin.License.Layout;
using Yinxin.License.Rendering;
using Yinxin.License.Server.Data;
using Yinxin.License.Server.Features.Files;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Idempotency;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Security;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.ServiceDefaults.Tokens;
using Yinxin.ServiceDefaults.Transparency;

namespace Yinxin.License.Server.Features.Issue;

/// <summary>
/// POST /api/licenses: issues a licence. The order, and why:
/// 1 check the request: nothing is spent on a bad one;
/// 2 take the number, in a transaction of its own: a number may be lost, but never given twice;
/// 3 seal the metadata (SM), then render and sign the PDF that holds it (international): the PDF's signature covers the seal;
/// 4 verify our own result: what we would not accept is not handed out;
/// 5 store the files, then the row: a row always has its files;
/// 6 answer. A crash before 5 leaves no licence, and the caller's retry under the same case number makes one; after 5 the retry finds it.
/// </summary>
internal static class IssueLicense
{
    private static readonly Problem UnknownType = new("license.type.unknown", 422, "没有该证照类型。", "There is no such licence type.");
    private static readonly Problem BadFace = new("license.face", 422, "照面信息不完整或过长。", "The face data are incomplete or too long.");
    private static readonly Problem BadHolder = new("license.holder", 422, "持证主体不正确。", "The holder is not valid.");
    private static readonly Problem BadDates = new("license.dates", 422, "有效期不正确。", "The dates are not valid.");
    private static readonly Problem MissingCharacter = new("license.character", 422, "有字符无法印制，未签发证照。", "A character cannot be printed; nothing was issued.");

    public static void Map(WebApplication app) => app.MapPost("/api/licenses", HandleAsync)
        .RequireAuthorization(ApiTokens.Scope("license.issue")).RequireIdempotencyKey<LicenseContext>();

    private static async Task<IResult> HandleAsync(
        IssueRequest request, HttpContext http, LicenseContext database, SealClient seals, LicenseFiles files, IDataCipher cipher, IAuditTrail audit, OwnVerification verification,
        IOptions<AddressSettings> addresses, TimeProvider time, CancellationToken cancellationToken)
    {
        Check(request, time.GetUtcNow());
        if (await database.Licenses.AsNoTracking().SingleOrDefaultAsync(l => l.CaseNumber == request.CaseNumber, cancellationToken) is { } known)
        {
            return Results.Created($"/api/licenses/{known.Identifier}", IssueAnswer.Of(known, addresses.Value));
        }

        var seal = await seals.FindAsync(request.Issuer!.Uscc!, cancellationToken) ?? throw SealClient.Missing.Exception();
        var now = time.GetUtcNow();
        long serial;
        using (SealedDocument.Activities.StartActivity("number"))
        {
            serial = await NextAsync(database, $"{PublicationBusinessLicense.TypeCode}/{request.Issuer.Uscc}/{now.Year}", cancellationToken);
        }

        var document = Document(request, serial, now, addresses.Value);
        var retrievalCode = RandomNumberGenerator.GetString("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 20);
        var verificationUrl = new Uri($"{AddressSettings.Text(addresses.Value.License)}/v/{retrievalCode}");
        byte[] pdf;
        try
        {
            (document, pdf) = await new SealedDocument(seals, seal, document, verificationUrl, now).MakeAsync(cancellationToken);
        }
        catch (MissingCharacterException)
        {
            throw MissingCharacter.Exception();
        }

        await verification.DemandValidAsync(pdf, now, cancellationToken);
        using var storing = SealedDocument.Activities.StartActivity("store");
        await files.SaveAsync(document.Metadata.CertificateIdentifier, "pdf", pdf, cancellationToken);
        await files.SaveAsync(document.Metadata.CertificateIdentifier, "json", document.ToJson(), cancellationToken);
        var record = Record(request, document, retrievalCode, pdf, cipher, now);
        database.Licenses.Add(record);
        database.Add(LoggedEvent.Message(("license.issued", now), record.Identifier, pdf, record.Identifier, cipher));
        audit.Add(new AuditEntry("license.issued", record.Identifier, http.User.FindFirst("client_id")?.Value ?? "", Details: new { request.CaseNumber }));
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            // The same case under another key, in the same moment: the one that was stored counts, and this one was never handed out.
            database.ChangeTracker.Clear();
            files.Delete(record.Identifier);
            record = await database.Licenses.AsNoTracking().SingleAsync(l => l.CaseNumber == request.CaseNumber, cancellationToken);
        }

        return Results.Created($"/api/licenses/{record.Identifier}", IssueAnswer.Of(record, addresses.Value));
    }

    private static void Check(IssueRequest request, DateTimeOffset now)
    {
        if (request.Type != PublicationBusinessLicense.TypeName && request.TypeCode != PublicationBusinessLicense.TypeCode)
        {
            throw UnknownType.Exception();
        }

        var face = request.FaceData ?? new Dictionary<string, string>();
        if (face.Count != PublicationBusinessLicense.Face.Count
            || PublicationBusinessLicense.Face.Any(f => !face.TryGetValue(f.Key, out var value) || string.IsNullOrWhiteSpace(value) || value.Length > f.MaximumLength || value.Any(char.IsControl)))
        {
            throw BadFace.Exception();
        }

        var today = DateOnly.FromDateTime(now.ToOffset(TimeSpan.FromHours(8)).DateTime);
        var holder = request.Holder;
        var codeIsRight = holder?.CodeTypeCode switch
        {
            "111" => IdentityNumber.TryParse(holder.Code, today, out _),
            "001" => UnifiedSocialCreditCode.TryParse(holder.Code, out _),
            _ => false,
        };
        if (!codeIsRight || holder is not { Name.Length: > 0 and <= 60, Subject.Length: > 0 and <= 80 } || request.CaseNumber is not { Length: > 0 and <= 50 }
            || request.Issuer is not { Name.Length: > 0 and <= 60 } || !UnifiedSocialCreditCode.TryParse(request.Issuer.Uscc, out _))
        {
            throw BadHolder.Exception();
        }

        if (request.ValidTo < request.ValidFrom || request.ValidTo < today || request.ValidFrom > today.AddYears(1))
        {
            throw BadDates.Exception();
        }
    }

    /// <summary>One conditional update a try; of two at once the second sees that nothing changed and tries again.</summary>
    private static async Task<long> NextAsync(LicenseContext database, string name, CancellationToken cancellationToken)
    {
        while (true)
        {
            var last = await database.Counters.AsNoTracking().Where(c => c.Name == name).Select(c => (long?)c.Last).SingleOrDefaultAsync(cancellationToken);
            if (last is null)
            {
                database.Counters.Add(new NumberCounter { Name = name, Last = 1 });
                try
                {
                    await database.SaveChangesAsync(cancellationToken);
                    return 1;
                }
                catch (DbUpdateException)
                {
                    database.ChangeTracker.Clear();
                    continue;
                }
            }

            if (await database.Counters.Where(c => c.Name == name && c.Last == last).ExecuteUpdateAsync(set => set.SetProperty(c => c.Last, last.Value + 1), cancellationToken) == 1)
            {
                return last.Value + 1;
            }
        }
    }

    private static LicenseDocument Document(IssueRequest request, long serial, DateTimeOffset now, AddressSettings addresses)
    {
        var local = now.ToOffset(TimeSpan.FromHours(8));
        var identifier = new LicenseIdentifier(
            PublicationBusinessLicense.TypeCode, request.Issuer!.Uscc!, string.Create(CultureInfo.InvariantCulture, $"{local.Year}{serial:D12}"), version: 1).ToString();
        var holder = request.Holder!;
        return new LicenseDocument(
            LicenseDocument.CurrentFormat,
            new LicenseMetadata(
                PublicationBusinessLicense.Name, PublicationBusinessLicense.TypeCode,
                string.Create(CultureInfo.InvariantCulture, $"新出发样字第{local.Year % 100:D2}{serial:D6}号"), identifier, request.Issuer.Name!, request.Issuer.Uscc!,
                local.ToString("yyyyMMdd", CultureInfo.InvariantCulture), holder.Name!, holder.Code!, holder.CodeTypeCode == "111" ? "公民身份号码" : "统一社会信用代码", holder.CodeTypeCode!,
                request.ValidFrom.ToString("yyyyMMdd", CultureInfo.InvariantCulture), request.ValidTo.ToString("yyyyMMdd", CultureInfo.InvariantCulture)),
            request.FaceData!,
            new Uri($"{AddressSettings.Text(addresses.License)}/api/status/{identifier}"),
            Seal: null);
    }

    private static LicenseRecord Record(IssueRequest request, LicenseDocument document, string retrievalCode, byte[] pdf, IDataCipher cipher, DateTimeOffset now) => new()
    {
        Identifier = document.Metadata.CertificateIdentifier,
        Number = document.Metadata.CertificateNumber,
        TypeCode = document.Metadata.CertificateTypeCode,
        Name = document.Metadata.CertificateName,
        IssuerName = document.Metadata.CertificateIssuingAuthorityName,
        HolderName = cipher.EncryptText("licence-holder", request.Holder!.Name!),
        HolderMasked = request.Holder.CodeTypeCode == "111" ? Masked(request.Holder.Name!) : request.Holder.Name!,
        Subject = request.Holder.Subject!,
        Organisation = request.Holder.Organisation,
        CaseNumber = request.CaseNumber!,
        RetrievalCode = retrievalCode,
        IssuedAt = now,
        ValidFrom = request.ValidFrom,
        ValidTo = request.ValidTo,
        PdfDigest = Convert.ToHexStringLower(SHA256.HashData(pdf)),
    };

    private static string Masked(string name) => name.EnumerateRunes().First().ToString() + new string('*', name.EnumerateRunes().Count() - 1);
}

/// <summary>What is asked for.</summary>
internal sealed record IssueRequest(
    string? Type, string? TypeCode, HolderRequest? Holder, IssuerRequest? Issuer, Dictionary<string, string>? FaceData, DateOnly ValidFrom, DateOnly ValidTo, string? CaseNumber);

/// <param name="Name">Name of the holder.</param>
/// <param name="Code">ID number or credit code.</param>
/// <param name="CodeTypeCode">111 or 001.</param>
/// <param name="Subject">Account that may download.</param>
/// <param name="Organisation">USCC whose representatives may download.</param>
internal sealed record HolderRequest(string? Name, string? Code, string? CodeTypeCode, string? Subject, string? Organisation);

internal sealed record IssuerRequest(string? Uscc, string? Name);

/// <summary>What is answered.</summary>
internal sealed record IssueAnswer(string Identifier, string Number, int Version, string Status, string RetrievalCode, IReadOnlyDictionary<string, string> Links)
{
    public static IssueAnswer Of(LicenseRecord license, AddressSettings addresses)
    {
        var own = AddressSettings.Text(addresses.License);
        return new IssueAnswer(license.Identifier, license.Number, 1, license.State, license.RetrievalCode, new Dictionary<string, string>
        {
            ["pdf"] = $"{own}/api/my/licenses/{license.Identifier}/pdf",
            ["json"] = $"{own}/api/my/licenses/{license.Identifier}/json",
            ["verify"] = $"{own}/v/{license.RetrievalCode}",
            ["status"] = $"{own}/api/status/{license.Identifier}",
        });
    }
}
