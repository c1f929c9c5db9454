using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.DataKeys.Tables;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.DataKeys;

/// <summary>Begins a change of keys, for the API and for the console.</summary>
internal sealed class KeyRotationStart(IdentityContext database, DataKeyRing ring, RotatedTables tables, IAuditTrail audit, TimeProvider time)
{
    public static readonly Problem Running = new("identity.keys.rotationRunning", 409, "密钥更换正在进行，请等待其完成。", "A change of keys is running; please wait for its end.");

    /// <param name="official">The system administrator.</param>
    /// <param name="name">Their name, for the audit.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProblemException"><see cref="Running"/>.</exception>
    public async Task<KeyRotation> BeginAsync(Guid official, string name, CancellationToken cancellationToken)
    {
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
        var run = new KeyRotation { Version = state.Version + 1, StartedBy = official.ToString(), StartedAt = now, PhaseAt = now, Total = total, Table = nameof(Person) };
        database.DataKeys.Add(ring.New(run.Version));
        database.KeyRotations.Add(run);
        audit.Add(new AuditEntry("keys.rotationStarted", $"data-key/{run.Version}", run.StartedBy, name, new { run.Version, run.Total }));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        ring.Load();
        return run;
    }
}
