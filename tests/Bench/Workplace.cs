using System.Text.Json;
using Yinxin.Bench.Load;
using Yinxin.Launch.Platform;

namespace Yinxin.Bench;

/// <summary>A platform in a process of its own on a fresh directory, as <c>yinxin up</c> starts it.</summary>
internal sealed class Workplace : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("yinxin-bench-");

    public int BasePort { get; init; } = 17100;

    public string DataDirectory => directory.FullName;

    public PlatformDescription Description => JsonSerializer.Deserialize<PlatformDescription>(File.ReadAllText(Path.Combine(directory.FullName, "platform.json")), Json)!;

    public async Task<ChildProcess> StartPlatformAsync()
    {
        var launch = Path.Combine(AppContext.BaseDirectory, "Yinxin.Launch.dll");
        var child = await ChildProcess.StartAsync(
            "dotnet", [launch, "up", "--data", directory.FullName, "--port", FormattableString.Invariant($"{BasePort}")],
            new Uri(FormattableString.Invariant($"http://localhost:{BasePort}/health/ready")));
        while (!File.Exists(Path.Combine(directory.FullName, "platform.json")))
        {
            await Task.Delay(20);
        }

        return child;
    }

    public void Dispose() => directory.Delete(recursive: true);
}
