using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.ServiceDefaults.Database;

/// <summary>
/// An app's database on either engine. <typeparamref name="TContext"/> of <see cref="AddYinxinDatabase{TContext,TSqlite,TPostgres}"/>
/// is what code asks for; the two derived contexts exist because each engine has migrations of its own.
/// </summary>
public static class Databases
{
    /// <summary>Registers the context for the configured engine and migrates it before the app serves requests.</summary>
    public static WebApplicationBuilder AddYinxinDatabase<TContext, TSqlite, TPostgres>(this WebApplicationBuilder builder)
        where TContext : DbContext
        where TSqlite : TContext
        where TPostgres : TContext
    {
        builder.Services.AddValidatedOptions<DatabaseSettings>(DatabaseSettings.Section);
        var settings = builder.Configuration.GetSection(DatabaseSettings.Section).Get<DatabaseSettings>() ?? new DatabaseSettings();
        var app = builder.Configuration.GetSection(AppSettings.Section).Get<AppSettings>() ?? new AppSettings();
        if (settings.Provider == "postgres")
        {
            var connection = settings.ConnectionString
                ?? throw new InvalidOperationException($"{DatabaseSettings.Section}:{nameof(DatabaseSettings.ConnectionString)}: PostgreSQL needs a connection string.");
            var pooled = PostgresConnections.Tuned(connection);
            builder.Services.AddDbContextPool<TContext, TPostgres>((provider, options) => options.UseNpgsql(pooled).AddInterceptors(provider.GetServices<IInterceptor>()));
        }
        else
        {
            Directory.CreateDirectory(app.DataDirectory);
            var connection = settings.ConnectionString
                ?? new SqliteConnectionStringBuilder { DataSource = Path.Combine(app.DataDirectory, "database.sqlite"), DefaultTimeout = 30 }.ToString();
            builder.Services.AddDbContextPool<TContext, TSqlite>((provider, options) => options.UseSqlite(connection).AddInterceptors([SqlitePragmas.Instance, .. provider.GetServices<IInterceptor>()]));
        }

        // Before every other hosted service: none may see a database that is not there yet.
        builder.Services.Insert(0, ServiceDescriptor.Singleton<Microsoft.Extensions.Hosting.IHostedService, DatabaseMigrator<TContext>>());
        builder.Services.AddHostedService<Housekeeping<TContext>>();
        builder.Services.AddHealthChecks().AddDbContextCheck<TContext>("database");
        return builder;
    }
}
