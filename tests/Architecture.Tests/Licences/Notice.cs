using System.Text;

namespace Yinxin.Architecture.Tests.Licences;

/// <summary>The NOTICE file: each dependency with its version and licence, programs' first.</summary>
internal static class Notice
{
    public static string Text(IReadOnlyList<ResolvedPackage> packages)
    {
        var text = new StringBuilder("""
            Yinxin 印信
            Licensed under the Apache License, Version 2.0 (see LICENSE).

            No third-party code lies in this repository. The packages below are fetched when the
            project is built; each stands under its own licence.

            """.ReplaceLineEndings("\n"));
        Append(text, "Parts of the programs", packages.Where(p => p.Shipped));
        Append(text, "Used only by build, tests and benchmarks", packages.Where(p => !p.Shipped));
        return text.ToString();
    }

    private static void Append(StringBuilder text, string title, IEnumerable<ResolvedPackage> packages)
    {
        text.Append('\n').Append(title).Append("\n\n");
        foreach (var package in packages)
        {
            text.Append("  ").Append(package.Name).Append(' ').Append(package.Version).Append(" (").Append(package.Source).Append("): ").Append(package.Licence).Append('\n');
        }
    }
}
