using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Xunit;
using Yinxin.Testing;

namespace Yinxin.Portal.Tests;

/// <summary>The database of one app, read and changed underneath.</summary>
internal static class AppDatabase
{
    public static async Task<string> ReadAsync(PlatformFixture platform, string app, string query)
    {
        await using var database = await ConnectAsync(platform, app);
        await using var command = database.CreateCommand();
        command.CommandText = query;
        return Assert.IsType<string>(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Changes one row.</summary>
    public static async Task ChangeAsync(PlatformFixture platform, string app, string change)
    {
        await using var database = await ConnectAsync(platform, app);
        await using var command = database.CreateCommand();
        command.CommandText = change;
        Assert.Equal(1, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
    }

    public static async Task<DbConnection> ConnectAsync(PlatformFixture platform, string app)
    {
        DbConnection database = platform is PostgresPlatform postgres
            ? new NpgsqlConnection(postgres.ConnectionTo(app) + ";Pooling=False")
            : new SqliteConnection($"Data Source={Directory.GetFiles(Path.Combine(platform.DataDirectory, app), "*.sqlite").Single()};Pooling=False");
        await database.OpenAsync(TestContext.Current.CancellationToken);
        return database;
    }
}
