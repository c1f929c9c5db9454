using System.Security.Claims;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Policy;
using Yinxin.Identity.Server.Features.Assurance.Regradings;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Identity.Server.Features.Assurance.Administration;

/// <summary>
/// <c>POST /api/assurance-policies/{version}/dry-runs</c>: whom would it raise or lower; <c>POST …/activation</c>: another security administrator puts it in force
/// and everybody is graded anew; <c>GET /api/regradings/{id}</c>: how far a run is.
/// </summary>
internal static class RunPolicies
{
    public static void Map(WebApplication app)
    {
        app.MapPost("/api/assurance-policies/{version:int}/dry-runs", DryRunAsync).RequireAuthorization(ApiTokens.Scope("identity.policy"));
        app.MapPost("/api/assurance-policies/{version:int}/activation", ActivateAsync).RequireAuthorization(ApiTokens.Scope("identity.policy"));
        app.MapGet("/api/regradings/{id:guid}", ShowAsync).RequireAuthorization(ApiTokens.Scope("identity.policy"));
    }

    private static async Task<IResult> DryRunAsync(
        int version, ClaimsPrincipal user, Officials.Officials officials, IdentityContext database, IAuditTrail audit, TimeProvider time, CancellationToken cancellationToken)
    {
        var session = await officials.RequireAsync(user, cancellationToken, OfficialRoles.SecurityAdministrator);
        await WaitingAsync(database, version, cancellationToken);
        if (await database.Regradings.AnyAsync(r => r.PolicyVersion == version && r.State == RegradingState.Running, cancellationToken))
        {
            throw PolicyProblems.Running.Exception();
        }

        var run = await BeginAsync(database, version, dryRun: true, session, time, cancellationToken);
        audit.Add(new AuditEntry("policy.dryRun", $"assurance-policy/{version}", run.StartedBy, session.Account!.DisplayName, new { run = run.Id, run.Total }));
        await database.SaveChangesAsync(cancellationToken);
        return Results.Accepted($"/api/regradings/{run.Id}", RegradingView.Of(run));
    }

    private static async Task<IResult> ActivateAsync(
        int version, ClaimsPrincipal user, Officials.Officials officials, IdentityContext database, AssurancePolicies policies, IAuditTrail audit, TimeProvider time, CancellationToken cancellationToken)
    {
        var session = await officials.RequireAsync(user, cancellationToken, OfficialRoles.SecurityAdministrator);
        var proposed = await WaitingAsync(database, version, cancellationToken);
        var official = session.AccountId.ToString();
        if (proposed.ProposedBy == official)
        {
            throw PolicyProblems.OwnProposal.Exception();
        }

        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var now = time.GetUtcNow();
        var current = await database.AssurancePolicyVersions.AsNoTracking().Where(p => p.ActivatedAt != null && p.RetiredAt == null).FirstAsync(cancellationToken);
        var tried = await database.Regradings.AsNoTracking().Where(r => r.PolicyVersion == version && r.DryRun && r.State == RegradingState.Done)
            .OrderByDescending(r => r.StartedAt).FirstOrDefaultAsync(cancellationToken);
        if (tried is null || tried.StartedAt < current.ActivatedAt)
        {
            throw PolicyProblems.NoDryRun.Exception();
        }

        // Both conditional: of two administrators at the same moment one finds the row changed.
        var retired = await database.AssurancePolicyVersions.Where(p => p.Version == current.Version && p.RetiredAt == null)
            .ExecuteUpdateAsync(p => p.SetProperty(x => x.RetiredAt, now), cancellationToken);
        var activated = await database.AssurancePolicyVersions.Where(p => p.Version == version && p.ActivatedAt == null)
            .ExecuteUpdateAsync(p => p.SetProperty(x => x.ActivatedAt, now).SetProperty(x => x.ActivatedBy, official), cancellationToken);
        if (retired + activated != 2)
        {
            throw PolicyProblems.Conflict.Exception();
        }

        // A run of the former policy would undo what this one does.
        await database.Regradings.Where(r => !r.DryRun && r.State == RegradingState.Running)
            .ExecuteUpdateAsync(r => r.SetProperty(x => x.State, RegradingState.Stopped).SetProperty(x => x.EndedAt, now).SetProperty(x => x.Turn, x => x.Turn + 1), cancellationToken);
        var run = await BeginAsync(database, version, dryRun: false, session, time, cancellationToken);
        audit.Add(new AuditEntry("policy.activated", $"assurance-policy/{version}", official, session.Account!.DisplayName, new
        {
            proposed.Digest,
            proposed.ProposedBy,
            former = current.Version,
            dryRun = new { tried.Id, tried.Raised, tried.Lowered },
            run = run.Id,
        }));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        policies.Forget();
        return Results.Accepted($"/api/regradings/{run.Id}", RegradingView.Of(run));
    }

    private static async Task<RegradingView> ShowAsync(Guid id, ClaimsPrincipal user, Officials.Officials officials, IdentityContext database, CancellationToken cancellationToken)
    {
        await officials.RequireAsync(user, cancellationToken, OfficialRoles.SecurityAdministrator, OfficialRoles.AuditAdministrator, OfficialRoles.Auditor);
        return RegradingView.Of(await database.Regradings.AsNoTracking().FirstOrDefaultAsync(r => r.Id == id, cancellationToken) ?? throw PolicyProblems.UnknownRun.Exception());
    }

    private static async Task<AssurancePolicyVersion> WaitingAsync(IdentityContext database, int version, CancellationToken cancellationToken)
    {
        var proposed = await database.AssurancePolicyVersions.AsNoTracking().FirstOrDefaultAsync(p => p.Version == version, cancellationToken) ?? throw PolicyProblems.Unknown.Exception();
        return proposed.ActivatedAt is null ? proposed : throw PolicyProblems.NotWaiting.Exception();
    }

    private static async Task<Regrading> BeginAsync(IdentityContext database, int version, bool dryRun, Session session, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var run = new Regrading
        {
            Id = Guid.CreateVersion7(now),
            PolicyVersion = version,
            DryRun = dryRun,
            Total = await database.Grades.LongCountAsync(cancellationToken),
            StartedBy = session.AccountId.ToString(),
            StartedAt = now,
        };
        database.Regradings.Add(run);
        return run;
    }
}

/// <summary>A run as the API shows it.</summary>
/// <param name="Percent">0 to 100; 100 only when it is done.</param>
/// <param name="Changes">How often each level changes into which, e.g. <c>person:intermediate>primary</c>.</param>
/// <param name="Examples">The first subjects whose level changes.</param>
internal sealed record RegradingView(
    Guid Id, int PolicyVersion, bool DryRun, string State, int Percent, long Total, long Seen, long Raised, long Lowered, JsonElement Changes, JsonElement Examples, DateTimeOffset StartedAt, DateTimeOffset? EndedAt)
{
    public static RegradingView Of(Regrading r) => new(
        r.Id, r.PolicyVersion, r.DryRun, JsonNamingPolicy.CamelCase.ConvertName(r.State.ToString()), r.State == RegradingState.Done ? 100 : (int)Math.Min(99, r.Total == 0 ? 0 : r.Seen * 100 / r.Total),
        r.Total, r.Seen, r.Raised, r.Lowered, JsonSerializer.Deserialize<JsonElement>(r.Changes), JsonSerializer.Deserialize<JsonElement>(r.Examples), r.StartedAt, r.EndedAt);
}
