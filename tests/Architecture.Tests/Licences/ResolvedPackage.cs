using System.Text.Json;
using System.Xml.Linq;

namespace Yinxin.Architecture.Tests.Licences;

/// <param name="Source"><c>NuGet</c> or <c>npm</c>.</param>
/// <param name="Licence">SPDX expression, or what the package says instead of one.</param>
/// <param name="Shipped">Part of a program; otherwise only tests, build and benchmarks use it.</param>
internal sealed record ResolvedPackage(string Source, string Name, string Version, string Licence, bool Shipped)
{
    /// <summary>Licences of packages that name a file or an address instead of an expression: read by hand at this version's text.</summary>
    private static readonly Dictionary<string, string> ReadByHand = new(StringComparer.OrdinalIgnoreCase)
    {
        ["http://opensource.org/licenses/mit-license.php"] = "MIT",
        ["https://licenses.nuget.org/MIT"] = "MIT",
        ["https://licenses.nuget.org/Apache-2.0"] = "Apache-2.0",
        ["http://www.apache.org/licenses/LICENSE-2.0"] = "Apache-2.0",
        ["https://www.apache.org/licenses/LICENSE-2.0"] = "Apache-2.0",
    };

    /// <summary>Packages whose description says nothing: the licence of their public repository.</summary>
    private static readonly Dictionary<string, string> Silent = new(StringComparer.OrdinalIgnoreCase)
    {
        ["NetArchTest.Rules"] = "MIT",
    };

    /// <summary>Every package of every project's restore and of every npm lock file, once; shipped if any program takes it.</summary>
    public static IReadOnlyList<ResolvedPackage> All() =>
        [.. FromNuGet().Concat(FromNpm())
            .GroupBy(p => (p.Source, p.Name, p.Version))
            .Select(g => g.First() with { Shipped = g.Any(p => p.Shipped) })
            .OrderBy(p => p.Source, StringComparer.Ordinal).ThenBy(p => p.Name, StringComparer.OrdinalIgnoreCase).ThenBy(p => p.Version, StringComparer.Ordinal)];

    private static IEnumerable<ResolvedPackage> FromNuGet()
    {
        foreach (var project in Repository.Projects)
        {
            var assets = Path.Combine(Path.GetDirectoryName(Repository.Full(project))!, "obj", "project.assets.json");
            if (!File.Exists(assets))
            {
                throw new InvalidOperationException($"{project} has not been restored.");
            }

            using var document = JsonDocument.Parse(File.ReadAllBytes(assets));
            var folders = document.RootElement.GetProperty("packageFolders").EnumerateObject().Select(f => f.Name).ToList();
            foreach (var library in document.RootElement.GetProperty("libraries").EnumerateObject().Where(l => l.Value.GetProperty("type").GetString() == "package"))
            {
                var (name, version) = (library.Name.Split('/')[0], library.Name.Split('/')[1]);
                var folder = folders.Select(f => Path.Combine(f, library.Value.GetProperty("path").GetString()!)).First(Directory.Exists);
                yield return new ResolvedPackage("NuGet", name, version, NuGetLicence(folder), Shipped: !project.StartsWith("tests/", StringComparison.Ordinal) && name != "Meziantou.Analyzer");
            }
        }
    }

    private static string NuGetLicence(string folder)
    {
        var metadata = XDocument.Load(Directory.GetFiles(folder, "*.nuspec").Single()).Root!.Elements().Single(e => e.Name.LocalName == "metadata");
        var licence = metadata.Elements().FirstOrDefault(e => e.Name.LocalName == "license");
        if (licence?.Attribute("type")?.Value == "file")
        {
            return FromText(File.ReadAllText(Path.Combine(folder, licence.Value)));
        }

        var address = metadata.Elements().FirstOrDefault(e => e.Name.LocalName == "licenseUrl")?.Value ?? "none";
        if (licence is null && address == "none" && Silent.TryGetValue(metadata.Elements().Single(e => e.Name.LocalName == "id").Value, out var known))
        {
            return known;
        }

        return licence?.Value ?? ReadByHand.GetValueOrDefault(address, address);
    }

    /// <summary>A licence text is recognised only by the words that no other licence has.</summary>
    private static string FromText(string text)
    {
        var words = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return words switch
        {
            _ when words.Contains("Permission is hereby granted, free of charge, to any person obtaining a copy", StringComparison.Ordinal) => "MIT",
            _ when words.Contains("Apache License Version 2.0, January 2004", StringComparison.Ordinal) => "Apache-2.0",
            _ => $"unknown text: {words[..Math.Min(60, words.Length)]}",
        };
    }

    private static IEnumerable<ResolvedPackage> FromNpm()
    {
        foreach (var lockFile in Repository.Files().Where(f => Path.GetFileName(f) == "package-lock.json"))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(Repository.Full(lockFile)));
            foreach (var package in document.RootElement.GetProperty("packages").EnumerateObject().Where(p => p.Name.Length > 0))
            {
                var name = package.Name[(package.Name.LastIndexOf("node_modules/", StringComparison.Ordinal) + "node_modules/".Length)..];
                var licence = package.Value.TryGetProperty("license", out var l) ? l.ToString() : "none";
                yield return new ResolvedPackage("npm", name, package.Value.GetProperty("version").GetString()!, licence, Shipped: !lockFile.StartsWith("tests/", StringComparison.Ordinal));
            }
        }
    }
}
