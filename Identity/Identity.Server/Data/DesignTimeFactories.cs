using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.Extensions.DependencyInjection;

namespace Yinxin.Identity.Server.Data;

/// <summary>Lets <c>dotnet ef</c> make migrations without starting the app.</summary>
internal sealed class SqliteDesignTimeFactory : IDesignTimeDbContextFactory<SqliteIdentityContext>
{
    public SqliteIdentityContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteIdentityContext>().UseSqlite("Data Source=design.sqlite").UseApplicationServiceProvider(DesignTimeServices.Build()).Options);
}

internal sealed class PostgresDesignTimeFactory : IDesignTimeDbContextFactory<PostgresIdentityContext>
{
    public PostgresIdentityContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgresIdentityContext>().UseNpgsql("Host=localhost;Database=design").UseApplicationServiceProvider(DesignTimeServices.Build()).Options);
}

/// <summary>ASP.NET Core Identity shapes its tables by options, which the design-time context must see like the real one.</summary>
internal static class DesignTimeServices
{
    public static IServiceProvider Build()
    {
        var services = new ServiceCollection();
        services.AddIdentityOptions();
        return services.BuildServiceProvider();
    }
}
