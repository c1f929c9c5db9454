using Xunit;
using Yinxin.Interop;
using Yinxin.Launch.Demo;
using Yinxin.Launch.Platform;
using Yinxin.Testing;

[assembly: AssemblyFixture(typeof(IssuedLicence))]

namespace Yinxin.Interop;

/// <summary>A running platform and one licence that went through the whole chain of it.</summary>
public sealed class IssuedLicence : PlatformFixture, IAsyncLifetime
{
    /// <summary>Where the demo left <c>licence.pdf</c>, <c>licence.json</c>, <c>tampered.pdf</c> and <c>trust-bundle.json</c>.</summary>
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("yinxin-interop-").FullName;

    public string File(string name) => Path.Combine(Directory, name);

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        await new DemoRun(Running, DataDirectory, Directory, (_, _) => { }).RunAsync();
    }

    protected override Task<PlatformOptions> OptionsAsync(PlatformOptions options) => Task.FromResult(options with { DemoClient = true });
}
