using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Policy;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Identity.Server.Features.Assurance.Administration;

/// <summary>
/// <c>GET /assurance-policy</c>: what is in force, for everyone, to the byte; <c>GET /schemas/assurance-policy.json</c>;
/// <c>GET /api/assurance-policies</c> and <c>/{version}</c>: all versions, for administrators and auditors.
/// </summary>
internal static class ShowPolicies
{
    private const int MostRows = 100;
    private static readonly string[] Readers = [OfficialRoles.SecurityAdministrator, OfficialRoles.AuditAdministrator, OfficialRoles.Auditor];

    public static void Map(WebApplication app)
    {
        app.MapGet("/schemas/assurance-policy.json", () => Results.Bytes(AssurancePolicies.Schema(), "application/schema+json"));
        app.MapGet("/assurance-policy", InForceAsync);
        app.MapGet("/api/assurance-policies", ListAsync).RequireAuthorization(ApiTokens.Scope("identity.policy"));
        app.MapGet("/api/assurance-policies/{version:int}", ShowAsync).RequireAuthorization(ApiTokens.Scope("identity.policy"));
    }

    private static async Task<IResult> InForceAsync(HttpContext http, IdentityContext database, AssurancePolicies policies, CancellationToken cancellationToken)
    {
        var version = (await policies.InForceAsync(database, cancellationToken)).Version;
        var row = await database.AssurancePolicyVersions.AsNoTracking().FirstAsync(p => p.Version == version, cancellationToken);
        http.Response.Headers["Assurance-Policy-Version"] = row.Version.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Results.Text(row.Document, "application/json");
    }

    private static async Task<Page> ListAsync(
        int? limit, int? after, ClaimsPrincipal user, Officials.Officials officials, IdentityContext database, CancellationToken cancellationToken)
    {
        await officials.RequireAsync(user, cancellationToken, Readers);
        var most = limit ?? 20;
        if (most is < 1 or > MostRows || after is < 1)
        {
            throw PolicyProblems.BadPage.Exception();
        }

        var rows = await database.AssurancePolicyVersions.AsNoTracking().Where(p => after == null || p.Version < after)
            .OrderByDescending(p => p.Version).Take(most + 1).ToListAsync(cancellationToken);
        return new Page([.. rows.Take(most).Select(p => PolicyView.Of(p, withDocument: false))], rows.Count > most ? rows[most - 1].Version : null);
    }

    private static async Task<PolicyView> ShowAsync(int version, ClaimsPrincipal user, Officials.Officials officials, IdentityContext database, CancellationToken cancellationToken)
    {
        await officials.RequireAsync(user, cancellationToken, Readers);
        var row = await database.AssurancePolicyVersions.AsNoTracking().FirstOrDefaultAsync(p => p.Version == version, cancellationToken) ?? throw PolicyProblems.Unknown.Exception();
        return PolicyView.Of(row, withDocument: true);
    }

    /// <param name="Items">The newest first.</param>
    /// <param name="Next">What <c>after</c> is for the next page; null on the last.</param>
    internal sealed record Page(IReadOnlyList<PolicyView> Items, int? Next);
}
