using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Yinxin.ServiceDefaults.Database;

/// <summary>
/// Brings the database to this version before the first request. EF Core holds a lock of the database while it migrates
/// (an advisory lock on PostgreSQL, a lock table on SQLite), so of several starting nodes one migrates and the others wait.
/// </summary>
internal sealed class DatabaseMigrator<TContext>(IServiceProvider services, ILogger<DatabaseMigrator<TContext>> log) : IHostedService
    where TContext : DbContext
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<TContext>().Database;
        var pending = (await database.GetPendingMigrationsAsync(cancellationToken)).ToList();
        if (pending.Count > 0)
        {
            log.LogInformation("Applying {Count} migrations: {Migrations}", pending.Count, string.Join(", ", pending));
            await AdoptAsync(database, pending, cancellationToken);
            await database.MigrateAsync(cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Enters what a withdrawn migration has already made (<see cref="ReplacesAttribute"/>), and strikes the withdrawn one out.</summary>
    private static async Task AdoptAsync(DatabaseFacade database, IReadOnlyList<string> pending, CancellationToken cancellationToken)
    {
        var migrations = database.GetService<IMigrationsAssembly>().Migrations;
        var applied = (await database.GetAppliedMigrationsAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
        var made = pending
            .Select(id => (Id: id, Withdrawn: migrations[id].GetCustomAttribute<ReplacesAttribute>()?.Migration))
            .Where(m => m.Withdrawn is not null && applied.Contains(m.Withdrawn))
            .ToList();
        if (made.Count == 0)
        {
            return;
        }

        var history = database.GetService<IHistoryRepository>();
        var changes = made.Select(m => history.GetInsertScript(new HistoryRow(m.Id, ProductInfo.GetVersion())))
            .Concat(made.Select(m => history.GetDeleteScript(m.Withdrawn!)).Distinct(StringComparer.Ordinal));
        await using var transaction = await database.BeginTransactionAsync(cancellationToken);
        await using var held = await history.AcquireDatabaseLockAsync(cancellationToken);
        if ((await history.GetAppliedMigrationsAsync(cancellationToken)).Any(row => row.MigrationId == made[0].Withdrawn))
        {
            await database.ExecuteSqlRawAsync(string.Join(Environment.NewLine, changes), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
    }
}
