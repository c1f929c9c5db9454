using System.Diagnostics;

namespace Yinxin.Testing;

/// <summary>An independent program that judges our output. It has a time limit, and when it is missing the test fails and names the package.</summary>
public static class Judge
{
    private static readonly Dictionary<string, string> Packages = new(StringComparer.Ordinal)
    {
        ["openssl"] = "openssl",
        ["pdfsig"] = "poppler-utils",
        ["pdftotext"] = "poppler-utils",
        ["pdffonts"] = "poppler-utils",
        ["pdftoppm"] = "poppler-utils",
        ["qpdf"] = "qpdf",
        ["mutool"] = "mupdf-tools",
        ["certutil"] = "libnss3-tools",
        ["lego"] = "lego",
        ["node"] = "nodejs",
        ["softhsm2-util"] = "softhsm2",
    };

    /// <summary>Runs it and returns its exit code with everything that it printed.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Start(start, program);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output + await errors);
    }

    private static Process Start(ProcessStartInfo start, string program)
    {
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"{program} is missing: install the Debian package {Packages.GetValueOrDefault(program, program)}.", e);
        }
    }
}
