using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Yinxin.ServiceDefaults.Database;

namespace Yinxin.ServiceDefaults.Audit;

/// <summary>The audit of any app's database, read only and without the app: an auditor needs no server and trusts none.</summary>
public sealed class AuditDatabase : DbContext
{
    private readonly string provider;
    private readonly string connection;

    private AuditDatabase(string provider, string connection) => (this.provider, this.connection) = (provider, connection);

    /// <summary>A database file of an app; it is opened for reading only.</summary>
    public static AuditDatabase OfFile(string path) => new("sqlite", new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());

    /// <summary>A PostgreSQL database of an app.</summary>
    public static AuditDatabase OfPostgres(string connection) => new("postgres", connection);

    /// <summary>Walks the chain from its first record to its last.</summary>
    public Task<(long Records, IReadOnlyList<AuditFault> Faults)> VerifyAsync(CancellationToken cancellationToken) => new AuditVerifier(this).VerifyAsync(cancellationToken);

    /// <summary>Whether a table is there: not every app has anchors or evidence.</summary>
    public async Task<bool> HasTableAsync(string name, CancellationToken cancellationToken) => provider == "sqlite"
        ? await Database.SqlQuery<int>($"""SELECT COUNT(*) AS "Value" FROM sqlite_master WHERE type = 'table' AND name = {name}""").SingleAsync(cancellationToken) > 0
        : await Database.SqlQuery<int>($"""SELECT COUNT(*)::int AS "Value" FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = {name}""").SingleAsync(cancellationToken) > 0;

    /// <summary>The hash of one record; null when there is none.</summary>
    public async Task<string?> HashAsync(long sequence, CancellationToken cancellationToken) =>
        await Set<AuditRecord>().Where(r => r.Sequence == sequence).Select(r => r.Hash).FirstOrDefaultAsync(cancellationToken);

    /// <inheritdoc />
    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => _ = provider == "sqlite" ? optionsBuilder.UseSqlite(connection) : optionsBuilder.UseNpgsql(connection);

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddAudit().AddAuditAnchors();

    /// <inheritdoc />
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => configurationBuilder.UseUtcTimes();
}
