using Yinxin.Testing;

namespace Yinxin.Trust.Tests.Acme;

/// <summary>lego, an ACME client that is not ours, with a directory of its own.</summary>
public sealed class Lego(Uri trust, AcmePorts ports) : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("yinxin-lego-");

    /// <summary>Global options before the domains.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    public string File(string name) => Path.Combine(directory.FullName, "certificates", name);

    public async Task<string> RunAsync(string proof, string[] domains, params string[] command)
    {
        var (code, output) = await TryAsync(proof, domains, command);
        return code == 0 ? output : throw new InvalidOperationException($"lego {string.Join(' ', command)}: {output}");
    }

    public Task<(int ExitCode, string Output)> TryAsync(string proof, string[] domains, params string[] command) => Judge.RunAsync("lego",
    [
        "--server", new Uri(trust, "acme/directory").ToString(), "--path", directory.FullName, "--email", "keeper@example.test", "--accept-tos",
        .. proof == "http" ? ["--http", "--http.port", FormattableString.Invariant($"127.0.0.1:{ports.Http}")] : new[] { "--tls", "--tls.port", FormattableString.Invariant($"127.0.0.1:{ports.Tls}") },
        .. Options, .. domains.SelectMany(d => new[] { "--domains", d }), .. command,
    ]);

    public void Dispose() => directory.Delete(recursive: true);
}
