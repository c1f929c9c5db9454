using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Yinxin.ServiceDefaults.Database;

/// <summary>Lets <c>dotnet ef</c> make SQLite migrations without starting the app.</summary>
public abstract class SqliteDesignTimeFactory<TContext>(Func<DbContextOptions<TContext>, TContext> create) : IDesignTimeDbContextFactory<TContext>
    where TContext : DbContext
{
    public TContext CreateDbContext(string[] args) => create(new DbContextOptionsBuilder<TContext>().UseSqlite("Data Source=design.sqlite").Options);
}

/// <summary>Lets <c>dotnet ef</c> make PostgreSQL migrations without starting the app.</summary>
public abstract class PostgresDesignTimeFactory<TContext>(Func<DbContextOptions<TContext>, TContext> create) : IDesignTimeDbContextFactory<TContext>
    where TContext : DbContext
{
    public TContext CreateDbContext(string[] args) => create(new DbContextOptionsBuilder<TContext>().UseNpgsql("Host=localhost;Database=design").Options);
}
