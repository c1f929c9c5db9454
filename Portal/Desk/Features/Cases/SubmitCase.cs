using System.Globalization;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Yinxin.Desk.Data;
using Yinxin.Desk.Features.Applicants;
using Yinxin.Desk.Features.Matters;
using Yinxin.Identity.Client.Mandates;
using Yinxin.Identity.Client.Presence;
using Yinxin.Identity.Client.SignIn;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Idempotency;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Desk.Features.Cases;

/// <summary>POST /api/cases: an application. Level, form and materials are checked before anything is stored.</summary>
internal static class SubmitCase
{
    private static readonly Problem NotApplicable = new("matter.offline", 422, "该事项暂不支持网上申办。", "This matter cannot be applied for online yet.");
    private static readonly Problem BadMaterials = new("case.materials", 422, "申请材料不完整。", "A required material is missing or not yours.");
    private const int MostMaterials = 50;
    private static readonly Problem WrongObject = new("case.applicant", 422, "该事项不面向此类申请人。", "The matter is not open to this kind of applicant.");

    public static void Map(WebApplication app) => app.MapPost("/api/cases", HandleAsync).RequireAuthorization(ApiTokens.Scope("case.apply")).RequirePower(ActingPower.Apply).RequireIdempotencyKey<DeskContext>();

    private static async Task<IResult> HandleAsync(
        Request request, HttpContext http, DeskContext database, CaseStore store, PresenceGate presence, IAuditTrail audit, TimeProvider time, CancellationToken cancellationToken)
    {
        var record = await MatterLibrary.FindAsync(database, request.ImplementationCode ?? "", cancellationToken);
        var matter = Matter.Parse(record.Json);
        if (matter.Form.Count == 0)
        {
            throw NotApplicable.Exception();
        }

        var user = http.User.RequireSignedInUser();
        http.User.DemandMatter(record.ImplementationCode, matter.MatterType?.Code);
        var form = ApplicationForm.Check(matter, request.Form);
        var needed = SubmissionLevel.Of(matter, form);
        if (http.StepUp(user.ActingFor is { IsAgent: true } ? needed.OfAgent : needed.SignIn) is { } stepUp)
        {
            return stepUp;
        }

        var applicant = Applicant.Of(http.User);
        if (!matter.ServiceObjects.Contains(applicant.OrganisationUscc is null ? "NaturalPerson" : "Enterprise", StringComparer.Ordinal))
        {
            throw WrongObject.Exception();
        }

        var now = time.GetUtcNow();
        var materials = await MaterialsAsync(request.Materials ?? [], matter, applicant, database, cancellationToken);
        await ConfirmAsync(http, presence, SubmissionPresence.For(matter, form, materials.Select(m => KeyValuePair.Create(m.Key!, m.Id)), applicant, http.User, now), cancellationToken);
        var submitted = new CaseRecord
        {
            CaseNumber = await NextNumberAsync(database, record.ImplementationCode, now, cancellationToken),
            QueryCode = RandomNumberGenerator.GetString("0123456789", 6),
            ImplementationCode = record.ImplementationCode,
            HandlingItemCode = matter.HandlingItems.Count > 0 ? matter.HandlingItems[0].Code : record.ImplementationCode,
            MatterName = matter.Name,
            MatterNameEn = matter.NameEn,
            BodyUscc = record.BodyUscc,
            BodyName = record.BodyName,
            Subject = user.Subject,
            Organisation = applicant.OrganisationUscc,
            Applicant = store.Close(applicant),
            ApplicantMasked = applicant.Masked,
            Form = store.Close(form),
            State = nameof(CaseState.Submitted),
            SubmittedAt = now,
            FeeFen = matter.FeeFen,
        };
        database.Cases.Add(submitted);
        materials.ForEach(m => m.CaseNumber = submitted.CaseNumber);
        database.Events.Add(new CaseEvent { CaseNumber = submitted.CaseNumber, Sequence = 1, Act = "Submit", ToState = submitted.State, ActorId = user.Subject, ActorName = Applicant.AgentMasked(http.User) ?? applicant.Masked, At = now });
        database.Drafts.RemoveRange(await Drafts.Drafts.Of(database, user, record.ImplementationCode).ToListAsync(cancellationToken));
        audit.Add(new AuditEntry("case.submitted", submitted.CaseNumber, user.Subject, Details: http.User.ActedFor()));
        await store.SaveAsync(cancellationToken);
        var queryCode = CaseSight.Of(user).QueryCode ? submitted.QueryCode : null;
        return Results.Created($"/api/my/cases/{submitted.CaseNumber}", new { submitted.CaseNumber, queryCode, submitted.State });
    }

    /// <summary>After everything else was checked, before anything is stored: a proof is spent once.</summary>
    private static Task ConfirmAsync(HttpContext http, PresenceGate presence, PresenceRequest? request, CancellationToken cancellationToken) =>
        request is null ? Task.CompletedTask : presence.DemandAsync(http, request, KeyOf(http), cancellationToken);

    private static string KeyOf(HttpContext http) => http.Request.Headers[IdempotencyFilter.Header].ToString();

    /// <summary>The files, each as what it was given for: every one the applicant's own, given for whom the case is, and unused; every required material there.</summary>
    private static async Task<List<MaterialRecord>> MaterialsAsync(
        IReadOnlyList<MaterialRequest?> listed, Matter matter, Applicant applicant, DeskContext database, CancellationToken cancellationToken)
    {
        // What a client writes may have holes (null), whatever the type says.
        var given = listed.OfType<MaterialRequest>().ToList();
        var missing = matter.Materials.Where(m => m.Required && given.All(g => g.Key != m.Id)).Select(m => m.Id).ToList();
        var ids = given.Select(g => g.MaterialId).Distinct().ToList();
        var known = listed.Count <= MostMaterials && given.Count == listed.Count && given.All(g => matter.Materials.Any(m => m.Id == g.Key));
        var files = known && missing.Count == 0
            ? await database.Materials.Where(m => m.Subject == applicant.Subject && m.Organisation == applicant.OrganisationUscc && m.CaseNumber == null && ids.Contains(m.Id)).ToListAsync(cancellationToken)
            : [];
        if (!known || missing.Count > 0 || ids.Count != given.Count || files.Count != ids.Count)
        {
            var exception = BadMaterials.Exception();
            exception.Extensions["missing"] = missing;
            throw exception;
        }

        files.ForEach(f => f.Key = given.First(g => g.MaterialId == f.Id).Key);
        return files;
    }

    /// <summary>Implementation code, day, serial of the day (cases §4). The database counts, so that two at once never meet; a refused application leaves a gap.</summary>
    private static async Task<string> NextNumberAsync(DeskContext database, string implementationCode, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var prefix = implementationCode + now.ToOffset(TimeSpan.FromHours(8)).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var serials = await database.Database.SqlQuery<int>(
            $"""INSERT INTO "CaseSerials" ("Prefix", "Last") VALUES ({prefix}, 1) ON CONFLICT ("Prefix") DO UPDATE SET "Last" = "CaseSerials"."Last" + 1 RETURNING "Last" AS "Value" """)
            .ToListAsync(cancellationToken);
        return prefix + serials[0].ToString("0000", CultureInfo.InvariantCulture);
    }

    internal sealed record Request(string? ImplementationCode, Dictionary<string, string>? Form, IReadOnlyList<MaterialRequest?>? Materials);

    /// <param name="MaterialId">The uploaded file.</param>
    /// <param name="Key">Which material of the matter it is.</param>
    internal sealed record MaterialRequest(Guid MaterialId, string? Key);
}
