using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Clients;
using Yinxin.Identity.Server.Features.Protocol.Token;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.VerifiedClaims;

/// <summary>
/// <c>verified_claims</c> for one family of tokens, computed anew each time: what was asked for, what the person gives still, what the registration allows
/// still, and what evidence in force bears. Each release is on record, by names and never by values.
/// </summary>
internal sealed class ClaimRelease(IdentityContext database, GradeReader grades, ClientCatalogue clients, SubjectIdentifiers identifiers, PersonalData personal, IAuditTrail audit, TimeProvider time)
{
    /// <summary>Method of the match by which a register tells of a new name.</summary>
    private const string RegisterNotice = "change-notice";

    /// <param name="grant">The family, with session, account and person.</param>
    /// <param name="target">Where it is given: <see cref="VerifiedClaimsRequest.UserInfoMember"/> or <see cref="VerifiedClaimsRequest.IdTokenMember"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>An object, or an array when several sets were asked for; null when nothing is given.</returns>
    public async Task<JsonElement?> OfAsync(Grant grant, string target, CancellationToken cancellationToken)
    {
        if (clients.Find(grant.ClientId) is not { VerifiedClaims.Count: > 0 } client || grant.Session!.Account!.Person is not { } person ||
            await KeptAsync(grant.Id, cancellationToken) is not { Consent: { EndedAt: null } consent, RequestCipher.Length: > 0 } kept || consent.AccountId != person.Id ||
            VerifiedClaimsRequest.Read(personal.Unprotect(Purposes.ClaimRequest, kept.RequestCipher)).Request is not { } request)
        {
            return null;
        }

        var sets = target == VerifiedClaimsRequest.IdTokenMember ? request.IdToken : request.UserInfo;
        var allowed = consent.Given.Where(c => client.VerifiedClaims.Contains(c, StringComparer.Ordinal)).ToHashSet(StringComparer.Ordinal);
        if (sets.Count == 0 || allowed.Count == 0)
        {
            return null;
        }

        var grade = await grades.OfAsync(SubjectKind.Person, person.Id, cancellationToken);

        // Between the two: a new name that comes meanwhile is withheld, for what was compared before it does not carry it, and the former one is not given out as proved by the notice of the new.
        person = await database.Persons.AsNoTracking().FirstAsync(p => p.Id == consent.AccountId, cancellationToken);
        var renamedAt = await RenamedAtAsync(person.Id, cancellationToken);
        var given = sets.Select(set => Answer(client, set, allowed, grade, person, renamedAt)).OfType<JsonObject>().ToList();
        if (given.Count == 0)
        {
            return null;
        }

        await NoteAsync(consent, given, target, cancellationToken);
        return JsonSerializer.SerializeToElement<JsonNode>(given.Count == 1 ? given[0] : new JsonArray([.. given]));
    }

    /// <returns>Null when a condition on the verification is not met, or no claim is left.</returns>
    private JsonObject? Answer(Client client, VerifiedClaimsSet set, HashSet<string> allowed, Grade grade, Person person, DateTimeOffset? renamedAt)
    {
        var now = time.GetUtcNow();
        var claims = new JsonObject();
        var carrying = new HashSet<Evidence>();
        DateTimeOffset? verifiedAt = null;
        foreach (var asked in set.Claims.EnumerateObject().Where(c => allowed.Contains(c.Name)))
        {
            var claim = VerifiedClaimCatalogue.Find(asked.Name)!;
            var bearing = grade.Carrying.Select(c => c.Record).Where(r => claim.IsBorneBy(r, renamedAt)).ToList();
            if (bearing.Count == 0 || claim.Value(person, personal) is not { } value || !RequestedJson.TrySelect(asked.Value, JsonValue.Create(value), now, out var given) || given is null)
            {
                continue;
            }

            claims[claim.Name] = given;
            carrying.UnionWith(bearing);

            // Each claim as of its newest proof; the set as of its oldest claim.
            var newest = bearing.Max(r => r.VerifiedAt);
            verifiedAt = verifiedAt is null || newest < verifiedAt ? newest : verifiedAt;
        }

        if (claims.Count == 0)
        {
            return null;
        }

        var verification = Verification(client, grade, carrying, verifiedAt!.Value);
        if (!RequestedJson.TrySelect(set.Verification, verification, now, out var selected) || selected is not JsonObject shown)
        {
            return null;
        }

        return new JsonObject { ["verification"] = shown, ["claims"] = claims };
    }

    private JsonObject Verification(Client client, Grade grade, HashSet<Evidence> carrying, DateTimeOffset verifiedAt) => new()
    {
        ["trust_framework"] = AssuredEvidence.TrustFramework,
        ["assurance_level"] = AssuranceNames.Name(grade.Level),
        ["assurance_process"] = new JsonObject { ["policy"] = FormattableString.Invariant($"{AssuredEvidence.TrustFramework}:{grade.PolicyVersion}") },
        ["time"] = AssuredEvidence.Time(verifiedAt),
        ["verification_process"] = identifiers.CheckOf(client, carrying.MaxBy(e => e.VerifiedAt)!.Id.ToString()),
        ["evidence"] = new JsonArray([.. carrying.OrderBy(e => e.VerifiedAt).Select(e => AssuredEvidence.Of(e, check => identifiers.CheckOf(client, check))).OfType<JsonNode>()]),
    };

    private Task<DateTimeOffset?> RenamedAtAsync(Guid person, CancellationToken cancellationToken) =>
        database.Evidence.AsNoTracking().Where(e => e.SubjectId == person && (e.Method == RegisterNotice || e.Method == FormerName.Reason))
            .OrderByDescending(e => e.Place).Select(e => (DateTimeOffset?)e.VerifiedAt).FirstOrDefaultAsync(cancellationToken);

    private Task<ClaimRequest?> KeptAsync(Guid grant, CancellationToken cancellationToken) =>
        database.ClaimRequests.AsNoTracking().Include(r => r.Consent).FirstOrDefaultAsync(r => r.Id == grant, cancellationToken);

    private async Task NoteAsync(ClaimConsent consent, List<JsonObject> given, string target, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        audit.Add(new AuditEntry("claims.release", consent.AccountId.ToString(), consent.ClientId, Details: new
        {
            claims = given.SelectMany(set => set["claims"]!.AsObject().Select(c => c.Key)).Distinct(StringComparer.Ordinal),
            target,
            purpose = consent.PurposeChinese,
            consent = consent.Id,
        }));
        await database.SaveChangesAsync(cancellationToken);
        await database.ClaimConsents.Where(c => c.Id == consent.Id).ExecuteUpdateAsync(set => set.SetProperty(c => c.LastReleasedAt, now), cancellationToken);
    }
}
