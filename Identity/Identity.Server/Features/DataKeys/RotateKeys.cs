using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Identity.Server.Features.DataKeys;

/// <summary><c>POST /api/key-rotations</c>: a new data key, everything is brought under it in the background; <c>GET /api/key-rotations/{version}</c>: how far it is.</summary>
internal static class RotateKeys
{
    private static readonly Problem Recent = new("identity.keys.recent", 403, "请重新登录后再更换密钥。", "Please sign in again before you change the key.");
    private static readonly Problem Unknown = new("identity.keys.rotationUnknown", 404, "没有这次密钥更换。", "There is no such change of keys.");

    /// <param name="Version">Of the new key.</param>
    /// <param name="Phase"><c>filling</c>, <c>switching</c>, <c>checking</c> or <c>done</c>.</param>
    /// <param name="Percent">100 only when the former key is destroyed.</param>
    /// <param name="Table">In work.</param>
    /// <param name="Seen">Rows done.</param>
    /// <param name="Total">Rows when it began.</param>
    /// <param name="StartedAt">When it began.</param>
    /// <param name="EndedAt">When the former key was destroyed.</param>
    /// <param name="Fault">Table and key of a row that does not open and at which the change stands still.</param>
    /// <param name="FaultAt">When it was last tried.</param>
    internal sealed record View(
        int Version, string Phase, int Percent, string? Table, long Seen, long Total, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string? Fault, DateTimeOffset? FaultAt)
    {
        public static View Of(KeyRotation run) => new(
            run.Version, run.Phase.ToString().ToLowerInvariant(), run.Phase == KeyRotationPhase.Done ? 100 : (int)Math.Min(99, run.Seen * 100 / Math.Max(1, run.Total)),
            run.Table, run.Seen, run.Total, run.StartedAt, run.EndedAt, run.Fault, run.FaultAt);
    }

    public static void MapDataKeys(this WebApplication app)
    {
        app.MapPost("/api/key-rotations", BeginAsync).RequireAuthorization(ApiTokens.Scope("identity.keys"));
        app.MapGet("/api/key-rotations/{version:int}", ShowAsync).RequireAuthorization(ApiTokens.Scope("identity.keys"));
        app.MapGet("/api/key-rotations", ListAsync).RequireAuthorization(ApiTokens.Scope("identity.keys"));
    }

    private static async Task<IResult> BeginAsync(
        ClaimsPrincipal user, Officials.Officials officials, KeyRotationStart start, TimeProvider time, CancellationToken cancellationToken)
    {
        var session = await officials.RequireAsync(user, cancellationToken, OfficialRoles.SystemAdministrator);
        if (time.GetUtcNow() - session.AuthenticatedAt > ConsolePage.Recent)
        {
            throw Recent.Exception();
        }

        var run = await start.BeginAsync(session.AccountId, session.Account!.DisplayName, cancellationToken);
        return Results.Accepted($"/api/key-rotations/{run.Version}", View.Of(run));
    }

    private static async Task<IResult> ShowAsync(int version, ClaimsPrincipal user, Officials.Officials officials, IdentityContext database, CancellationToken cancellationToken)
    {
        await officials.RequireAsync(user, cancellationToken, OfficialRoles.SystemAdministrator, OfficialRoles.Auditor);
        return Results.Ok(View.Of(await database.KeyRotations.AsNoTracking().FirstOrDefaultAsync(r => r.Version == version, cancellationToken) ?? throw Unknown.Exception()));
    }

    private static async Task<IResult> ListAsync(ClaimsPrincipal user, Officials.Officials officials, IdentityContext database, CancellationToken cancellationToken)
    {
        await officials.RequireAsync(user, cancellationToken, OfficialRoles.SystemAdministrator, OfficialRoles.Auditor);
        var runs = await database.KeyRotations.AsNoTracking().OrderByDescending(r => r.Version).Take(50).ToListAsync(cancellationToken);
        return Results.Ok(new { items = runs.Select(View.Of) });
    }
}
