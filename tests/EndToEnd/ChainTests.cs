using System.Text.Json;
using Xunit;
using Yinxin.Launch.Demo;
using Yinxin.Testing;

namespace Yinxin.EndToEnd;

/// <summary>The main job over HTTP, the same that <c>./yinxin demo</c> shows, on either database.</summary>
public abstract class ChainTests(PlatformFixture platform)
{
    [Fact]
    public async Task A_person_registers_applies_pays_and_gets_a_licence_that_verifies()
    {
        var output = Directory.CreateTempSubdirectory("yinxin-chain-").FullName;
        var steps = new List<string>();
        await new DemoRun(platform.Running, platform.DataDirectory, output, (step, _) => steps.Add(step)).RunAsync();
        Assert.Equal(11, steps.Count);
        Assert.Equal("valid", Result("report.json"));
        Assert.Equal("invalid", Result("tampered-report.json"));
        Assert.True(new FileInfo(Path.Combine(output, "licence.json")).Length > 1000);
        Directory.Delete(output, recursive: true);

        string? Result(string file)
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(output, file)));
            return document.RootElement.GetProperty("result").GetString();
        }
    }
}

public sealed class SqliteChainTests(SqlitePlatform platform) : ChainTests(platform), IClassFixture<SqlitePlatform>;

public sealed class PostgresChainTests(PostgresPlatform platform) : ChainTests(platform), IClassFixture<PostgresPlatform>;
