using System.Security.Claims;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Regradings;
using Yinxin.Identity.Server.Features.Officials;
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

    private static async Task<IResult> DryRunAsync(int version, ClaimsPrincipal user, Officials.Officials officials, PolicyAdministration policies, CancellationToken cancellationToken)
    {
        var session = await officials.RequireAsync(user, cancellationToken, OfficialRoles.SecurityAdministrator);
        var run = await policies.DryRunAsync(session, version, cancellationToken);
        return Results.Accepted($"/api/regradings/{run.Id}", RegradingView.Of(run));
    }

    private static async Task<IResult> ActivateAsync(int version, ClaimsPrincipal user, Officials.Officials officials, PolicyAdministration policies, CancellationToken cancellationToken)
    {
        var session = await officials.RequireAsync(user, cancellationToken, OfficialRoles.SecurityAdministrator);
        var run = await policies.ActivateAsync(session, version, cancellationToken);
        return Results.Accepted($"/api/regradings/{run.Id}", RegradingView.Of(run));
    }

    private static async Task<RegradingView> ShowAsync(Guid id, ClaimsPrincipal user, Officials.Officials officials, IdentityContext database, CancellationToken cancellationToken)
    {
        await officials.RequireAsync(user, cancellationToken, OfficialRoles.SecurityAdministrator, OfficialRoles.AuditAdministrator, OfficialRoles.Auditor);
        return RegradingView.Of(await database.Regradings.AsNoTracking().FirstOrDefaultAsync(r => r.Id == id, cancellationToken) ?? throw PolicyProblems.UnknownRun.Exception());
    }
}

/// <summary>A run as the API shows it.</summary>
/// <param name="Percent">0 to 100; 100 only when it is done.</param>
/// <param name="Changes">How often each level changes into which, e.g. <c>person:intermediate>primary</c>.</param>
/// <param name="AgainstVersion">The policy it is compared with.</param>
/// <param name="Sessions">Of a dry run: what changes of the sign-in table, <c>agentCap</c> and <c>staff</c>, and how many live sessions each would move.</param>
/// <param name="Examples">The first subjects whose level changes.</param>
internal sealed record RegradingView(
    Guid Id, int PolicyVersion, bool DryRun, string State, int Percent, long Total, long Seen, long Raised, long Lowered, JsonElement Changes, JsonElement Examples, int? AgainstVersion, SessionChanges? Sessions, DateTimeOffset StartedAt, DateTimeOffset? EndedAt)
{
    public static RegradingView Of(Regrading r) => new(
        r.Id, r.PolicyVersion, r.DryRun, JsonNamingPolicy.CamelCase.ConvertName(r.State.ToString()), r.State == RegradingState.Done ? 100 : (int)Math.Min(99, r.Total == 0 ? 0 : r.Seen * 100 / r.Total),
        r.Total, r.Seen, r.Raised, r.Lowered, JsonSerializer.Deserialize<JsonElement>(r.Changes), JsonSerializer.Deserialize<JsonElement>(r.Examples), r.AgainstVersion, SessionChanges.Parse(r.Sessions), r.StartedAt, r.EndedAt);
}
