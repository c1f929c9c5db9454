using System.Diagnostics;
using System.Text.Json;

namespace Yinxin.Interop.Log;

/// <summary>The Go program beside (<c>judge/main.go</c>), built once from Debian's golang-go and golang-golang-x-mod-dev, without a network.</summary>
internal static class LogJudge
{
    private static readonly Lazy<Task<string>> Program = new(BuildAsync);

    /// <summary>Whether it accepts the log, and what it found or why not.</summary>
    public static async Task<(bool Accepted, string Output)> RunAsync(params string[] arguments)
    {
        var (code, output) = await StartAsync(await Program.Value, arguments);
        return (code == 0, output);
    }

    public static JsonElement Report(string output) => JsonElement.Parse(output);

    private static async Task<string> BuildAsync()
    {
        var program = Path.Combine(Directory.CreateTempSubdirectory("yinxin-log-judge-").FullName, "judge");
        var (code, output) = await StartAsync("go", ["build", "-o", program, Path.Combine(AppContext.BaseDirectory, "Log", "judge", "main.go")]);
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
            throw new InvalidOperationException($"{program} is missing: install the Debian packages golang-go and golang-golang-x-mod-dev.", e);
        }
    }
}
