using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Console;

/// <summary>What froze accounts in an earlier release, which kept two reasons of an account and one of a dispute, stands after the update, each reason by itself.</summary>
public abstract class FormerFreezeSuite
{
    /// <summary>The last migration of that release.</summary>
    private const string Before = "RecoveriesAndDissolutions";

    [Fact]
    public async Task Reasons_of_an_earlier_release_become_freezes_of_their_own()
    {
        await using var database = (IdentityContext)await OpenAsync();
        var migrator = database.GetService<IMigrator>();
        await migrator.MigrateAsync(Before);
        var (dead, quarrelled, stolen, handed, plain, free) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var (confirmed, twice, nameless) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await AddAsync(database, dead, "deceased", "phone-disputed");
        await AddAsync(database, quarrelled, "identity-dispute", "court-order");
        await AddAsync(database, stolen, "stolen", "own-wish");
        await AddAsync(database, handed, "handed-over", "court-order");
        await AddAsync(database, plain, "own-wish", null);
        await AddAsync(database, free, null, null);
        await AddAsync(database, confirmed, "fraud", null);
        await AddAsync(database, twice, "stolen", "own-wish");
        await AddAsync(database, nameless, null, null, frozen: true);
        await DisputeAsync(database, dead, "Open", "own-wish");
        await DisputeAsync(database, quarrelled, "Open", "court-order");
        await DisputeAsync(database, free, "Rejected", "own-wish");
        var (emergency, lifting) = (await ProposeAsync(database, stolen, "Freeze", "stolen", emergency: true), await ProposeAsync(database, plain, "Unfreeze", "settled", emergency: false));
        var (approved, ofTwo) = (await ProposeAsync(database, confirmed, "Freeze", "fraud", emergency: false, state: "Approved"), await ProposeAsync(database, twice, "Unfreeze", "settled", emergency: false));
        await ProposeAsync(database, confirmed, "Freeze", "court-order", emergency: false);
        await migrator.MigrateAsync();

        Assert.Equal("Death:deceased Dispute:identity-dispute FormerPhone:phone-disputed Owner:own-wish", await StandingAsync(database, dead));
        Assert.Equal("Dispute:identity-dispute Officials:court-order", await StandingAsync(database, quarrelled));
        Assert.Equal("Officials:stolen Owner:own-wish", await StandingAsync(database, stolen));
        Assert.Equal("Handover:handed-over Officials:court-order", await StandingAsync(database, handed));
        Assert.Equal("Owner:own-wish", await StandingAsync(database, plain));
        Assert.Equal("", await StandingAsync(database, free));
        Assert.Equal(2, await database.StandingFreezes.CountAsync(f => f.DisputeId != null && f.Kind == FreezeKind.Dispute));
        Assert.Equal(stolen, (await database.StandingFreezes.SingleAsync(f => f.ProposalId == emergency)).AccountId);
        var named = (await database.Proposals.AsNoTracking().SingleAsync(p => p.Id == lifting)).FreezeId;
        Assert.Equal(plain, (await database.StandingFreezes.SingleAsync(f => f.Id == named)).AccountId);
        Assert.Equal("deceased", (await database.Users.AsNoTracking().SingleAsync(a => a.Id == dead)).FrozenReason);

        // What was decided stays with the decision; what waits for one froze nothing.
        Assert.Equal("Officials:fraud", await StandingAsync(database, confirmed));
        Assert.Equal(confirmed, (await database.StandingFreezes.SingleAsync(f => f.ProposalId == approved)).AccountId);

        // Of two reasons the one that was shown when it was proposed.
        Assert.Equal("Officials:stolen Owner:own-wish", await StandingAsync(database, twice));
        var shown = (await database.Proposals.AsNoTracking().SingleAsync(p => p.Id == ofTwo)).FreezeId;
        Assert.Equal("stolen", (await database.StandingFreezes.SingleAsync(f => f.Id == shown)).Reason);
        Assert.Equal("Officials:unknown", await StandingAsync(database, nameless));

        // Nobody knows better since when each of them stands.
        foreach (var freeze in await database.StandingFreezes.AsNoTracking().ToListAsync())
        {
            Assert.Equal((await database.Users.AsNoTracking().SingleAsync(a => a.Id == freeze.AccountId)).FrozenAt, freeze.Since);
        }
    }

    /// <summary>A database of its own without a table.</summary>
    protected abstract Task<DbContext> OpenAsync();

    private static Task AddAsync(IdentityContext database, Guid account, string? reason, string? next, bool frozen = false) => ExecuteAsync(
        database,
        $"""
        INSERT INTO "Accounts" ("Id", "AccessFailedCount", "CreatedAt", "EmailConfirmed", "Kind", "LockoutEnabled", "PhoneNumberConfirmed", "TwoFactorEnabled", "FrozenAt", "FrozenReason", "NextFreeze")
        VALUES ('{Key(database, account)}', 0, '2026-11-01 08:00:00', false, 0, false, false, false, {(reason is null && !frozen ? "NULL" : "'2026-11-02 08:00:00'")}, {Text(reason)}, {Text(next)})
        """);

    private static Task DisputeAsync(IdentityContext database, Guid account, string state, string former) => ExecuteAsync(
        database,
        $"""
        INSERT INTO "Disputes" ("Id", "Number", "State", "Kind", "AccountId", "CreatedAt", "OpenedAt", "FormerFreeze")
        VALUES ('{Key(database, Guid.NewGuid())}', '{account.ToString("N")[..20]}', '{state}', 'TakenOver', '{Key(database, account)}', '2026-11-03 08:00:00', '2026-11-03 08:00:00', '{former}')
        """);

    private static async Task<Guid> ProposeAsync(IdentityContext database, Guid account, string kind, string reason, bool emergency, string state = "Pending")
    {
        var id = Guid.NewGuid();
        await ExecuteAsync(
            database,
            $"""
            INSERT INTO "Proposals" ("Id", "Kind", "SubjectId", "Reason", "Explanation", "Roles", "Emergency", "ProposedBy", "ProposedAt", "ExpiresAt", "State")
            VALUES ('{Key(database, id)}', '{kind}', '{Key(database, account)}', '{reason}', '样例：说明', '{(database.Database.IsNpgsql() ? "{}" : "[]")}', {(emergency ? "true" : "false")},
                '{Key(database, Guid.NewGuid())}', '2026-11-04 08:00:00', '2026-11-05 08:00:00', '{state}')
            """);
        return id;
    }

    private static async Task<string> StandingAsync(IdentityContext database, Guid account)
    {
        var rows = await database.StandingFreezes.AsNoTracking().Where(f => f.AccountId == account && f.LiftedAt == null).ToListAsync();
        return string.Join(' ', rows.Select(f => $"{f.Kind}:{f.Reason}").Order(StringComparer.Ordinal));
    }

    private static string Text(string? value) => value is null ? "NULL" : $"'{value}'";

    /// <summary>As this database spells it.</summary>
    private static string Key(IdentityContext database, Guid key) => database.Database.IsNpgsql() ? key.ToString() : key.ToString().ToUpperInvariant();

    private static async Task ExecuteAsync(IdentityContext database, string sql)
    {
        await database.Database.OpenConnectionAsync();
        await using var command = database.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
        await database.Database.CloseConnectionAsync();
    }
}

public sealed class FormerFreezesOnSqlite : FormerFreezeSuite, IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("yinxin-freezes-");

    public void Dispose() => directory.Delete(recursive: true);

    protected override Task<DbContext> OpenAsync() => Task.FromResult<DbContext>(new SqliteIdentityContext(
        new DbContextOptionsBuilder<SqliteIdentityContext>().UseSqlite($"Data Source={Path.Combine(directory.FullName, "database.sqlite")};Pooling=False")
            .UseApplicationServiceProvider(DesignTimeServices.Build()).Options));
}

[Collection(OnPostgres.Name)]
public sealed class FormerFreezesOnPostgres(PostgresIdentity identity) : FormerFreezeSuite
{
    private const string Name = "former_freezes";

    protected override async Task<DbContext> OpenAsync()
    {
        await identity.ExecuteAsync($"CREATE DATABASE {Name}");
        await using var connection = identity.Connect();
        return new PostgresIdentityContext(new DbContextOptionsBuilder<PostgresIdentityContext>()
            .UseNpgsql(new NpgsqlConnectionStringBuilder(connection.ConnectionString) { Database = Name, Pooling = false }.ToString()).UseApplicationServiceProvider(DesignTimeServices.Build()).Options);
    }
}
