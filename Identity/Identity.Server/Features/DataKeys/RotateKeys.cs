using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.DataKeys.Tables;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Identity.Server.Features.DataKeys;

/// <summary><c>POST /api/key-rotations</c>: a new data key, everything is brought under it in the background; <c>GET /api/key-rotations/{version}</c>: how far it is.</summary>
internal static class RotateKeys
{
    private static readonly Problem Running = new("identity.keys.rotationRunning", 409, "密钥更换正在进行，请等待其完成。", "A change of keys is running; please wait for its end.");
    private static readonly Problem Unknown = new("identity.keys.rotationUnknown", 404, "没有这次密钥更换。", "There is no such change of keys.");

    /// <param name="Version">Of the new key.</param>
    /// <param name="Phase"><c>filling</c>, <c>switching</c>, <c>checking</c> or <c>done</c>.</param>
    /// <param name="Percent">100 only when the former key is destroyed.</param>
    /// <param name="Table">In work.</param>
    /// <param name="Seen">Rows done.</param>
    /// <param name="Total">Rows when it began.</param>
    /// <param name="StartedAt">When it began.</param>
    /// <param name="EndedAt">When the former key was destroyed.</param>
    internal sealed record View(int Version, string Phase, int Percent, string? Table, long Seen, long Total, DateTimeOffset StartedAt, DateTimeOffset? EndedAt)
    {
        public static View Of(KeyRotation run) => new(
            run.Version, run.Phase.ToString().ToLowerInvariant(), run.Phase == KeyRotationPhase.Done ? 100 : (int)Math.Min(99, run.Seen * 100 / Math.Max(1, run.Total)),
            run.Table, run.Seen, run.Total, run.StartedAt, run.EndedAt);
    }

    public static void MapDataKeys(this WebApplication app)
    {
        app.MapPost("/api/key-rotations", BeginAsync).RequireAuthorization(ApiTokens.Scope("identity.keys"));
        app.MapGet("/api/key-rotations/{version:int}", ShowAsync).RequireAuthorization(ApiTokens.Scope("identity.keys"));
        app.MapGet("/api/key-rotations", ListAsync).RequireAuthorization(ApiTokens.Scope("identity.keys"));
    }

    private static async Task<IResult> BeginAsync(
        ClaimsPrincipal user, Officials.Officials officials, IdentityContext database, DataKeyRing ring, RotatedTables tables, IAuditTrail audit, TimeProvider time, CancellationToken cancellationToken)
    {
        var session = await officials.RequireAsync(user, cancellationToken, OfficialRoles.SystemAdministrator);
        // Persons are counted twice, for they are worked off twice.
        var total = await database.Persons.LongCountAsync(cancellationToken);
        foreach (var table in tables.All)
        {
            total += await table.CountAsync(database, cancellationToken);
        }

        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var state = await ring.CatchUpAsync(database, cancellationToken);
        if (state.Phase is not null || await database.Persons.AnyAsync(p => p.ClearName != "", cancellationToken))
        {
            throw Running.Exception();
        }

        var now = time.GetUtcNow();
        var run = new KeyRotation { Version = state.Version + 1, StartedBy = session.AccountId.ToString(), StartedAt = now, PhaseAt = now, Total = total, Table = nameof(Person) };
        database.DataKeys.Add(ring.New(run.Version));
        database.KeyRotations.Add(run);
        audit.Add(new AuditEntry("keys.rotationStarted", $"data-key/{run.Version}", run.StartedBy, session.Account!.DisplayName, new { run.Version, run.Total }));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        ring.Load();
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
