using Yinxin.Trust.Cli;

namespace Yinxin.Trust.Tests.Paths;

/// <summary>Runs <c>yinxin trust check-paths</c> through its entry point.</summary>
internal static class CheckPaths
{
    public static (int Exit, string[] Lines, string Errors) Lines(string file, params string[] options) => Run(file, ["--lines", .. options]);

    public static (int Exit, string[] Lines, string Errors) Run(string file, params string[] options)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var exit = TrustCommand.Create().Parse(["check-paths", file, .. options]).Invoke(new() { Output = output, Error = errors });
        return (exit, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), errors.ToString());
    }

    public static (int Exit, string[] Lines, string Errors) RunText(string text, params string[] options)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            return Run(file, options);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
