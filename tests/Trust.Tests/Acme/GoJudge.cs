using System.Diagnostics;

namespace Yinxin.Trust.Tests.Acme;

/// <summary>The Go program beside (<c>judge/main.go</c>), built once from Debian's golang-go and golang-golang-x-crypto-dev, without a network.</summary>
internal static class GoJudge
{
    private static readonly Lazy<Task<string>> Program = new(BuildAsync);

    public static async Task<(int Code, string Output)> RunAsync(params string[] arguments) => await StartAsync(await Program.Value, arguments);

    private static async Task<string> BuildAsync()
    {
        var program = Path.Combine(Directory.CreateTempSubdirectory("yinxin-acme-judge-").FullName, "judge");
        var (code, output) = await StartAsync("go", ["build", "-o", program, Path.Combine(AppContext.BaseDirectory, "Acme", "judge", "main.go")]);
        return code == 0 ? program : throw new InvalidOperationException($"The judge was not built: {output}");
    }

    private static async Task<(int Code, string Output)> StartAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        // Debian's libraries lie in a GOPATH of the old kind.
        (start.Environment["GO111MODULE"], start.Environment["GOPATH"], start.Environment["GOFLAGS"]) = ("off", "/usr/share/gocode", "");
        start.Environment["GOCACHE"] = Path.Combine(Path.GetTempPath(), "yinxin-go-cache");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(180));
        try
        {
            using var process = Process.Start(start)!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output + await errors);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"{program} is missing: install the Debian packages golang-go and golang-golang-x-crypto-dev.", e);
        }
    }
}
