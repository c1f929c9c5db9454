using System.Data.Common;
using System.Text.Json.Nodes;
using Xunit;
using Yinxin.Testing;

namespace Yinxin.Portal.Tests.Desk;

/// <summary>A sample matter asks for other levels while this lives, changed underneath: for pairs of levels that none with a form asks for, and for cases that the sample officials have to see.</summary>
internal sealed class MatterLevels : IAsyncDisposable
{
    private readonly PlatformFixture platform;
    private readonly string matter;
    private readonly string former;

    private MatterLevels(PlatformFixture platform, string matter, string former)
    {
        this.platform = platform;
        this.matter = matter;
        this.former = former;
    }

    public static async Task<MatterLevels> AskForAsync(PlatformFixture platform, string matter, string apply, string confirm)
    {
        await using var database = await AppDatabase.ConnectAsync(platform, "desk");
        await using var command = database.CreateCommand();
        command.CommandText = $"SELECT \"Json\" FROM \"Matters\" WHERE \"ImplementationCode\" = '{matter}'";
        var former = (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        var changed = JsonNode.Parse(former)!;
        changed["requiredAssurance"]!["apply"] = apply;
        changed["requiredAssurance"]!["confirm"] = confirm;
        await WriteAsync(database, matter, changed.ToJsonString());
        return new MatterLevels(platform, matter, former);
    }

    public async ValueTask DisposeAsync()
    {
        await using var database = await AppDatabase.ConnectAsync(platform, "desk");
        await WriteAsync(database, matter, former);
    }

    private static async Task WriteAsync(DbConnection database, string matter, string json)
    {
        await using var command = database.CreateCommand();
        command.CommandText = $"UPDATE \"Matters\" SET \"Json\" = @json WHERE \"ImplementationCode\" = '{matter}'";
        var parameter = command.CreateParameter();
        parameter.ParameterName = "@json";
        parameter.Value = json;
        command.Parameters.Add(parameter);
        Assert.Equal(1, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
    }
}
