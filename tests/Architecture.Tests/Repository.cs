using System.Diagnostics;
using System.Xml.Linq;

namespace Yinxin.Architecture.Tests;

/// <summary>The checked-out tree that these tests judge.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>Project files of the solution, as paths from the root with forward slashes.</summary>
    public static IReadOnlyList<string> Projects { get; } =
        [.. XDocument.Load(Path.Combine(Root, "Yinxin.slnx")).Descendants("Project").Select(p => p.Attribute("Path")!.Value).Order(StringComparer.Ordinal)];

    public static string Full(string path) => Path.Combine(Root, path);

    /// <summary>What is or would be committed: tracked files and new ones that are not ignored.</summary>
    public static IReadOnlyList<string> Files()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-c", "core.quotePath=false", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var files = git.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        git.WaitForExit();
        return git.ExitCode == 0 ? [.. files.Where(f => File.Exists(Full(f))).Order(StringComparer.Ordinal)] : throw new InvalidOperationException("git ls-files failed.");
    }

    /// <summary>Names of the projects that a project references directly.</summary>
    public static IReadOnlyList<string> References(string project) =>
        [.. XDocument.Load(Full(project)).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')))];

    private static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Yinxin.slnx")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException("Yinxin.slnx lies in no directory above the tests.");
    }
}
