using Xunit;

namespace Yinxin.Architecture.Tests.Licences;

/// <summary>The product stays permissive: nothing that forbids closed use, demands a fee or a licence key comes in, not through a dependency's dependency either.</summary>
public sealed class LicenceTests
{
    private static readonly string[] Allowed =
        ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "MS-PL", "ISC", "OFL-1.1", "0BSD", "BSD-0-Clause", "Zlib", "PostgreSQL", "Unlicense", "BlueOak-1.0.0", "CC0-1.0"];

    private static readonly string[] AllowedInTests = [.. Allowed, "MPL-2.0"];

    [Fact]
    public void Every_resolved_package_has_a_licence_of_the_list()
    {
        var packages = ResolvedPackage.All();
        var refused = packages.Where(p => !IsAllowed(p)).Select(p => $"{p.Source} {p.Name} {p.Version}: {p.Licence}");

        Assert.NotEmpty(packages);
        Assert.Empty(refused);
    }

    [Theory]
    [InlineData("AGPL-3.0-only", false)]
    [InlineData("GPL-3.0 OR MIT", true)]
    [InlineData("MIT AND Apache-2.0", true)]
    [InlineData("MIT AND AGPL-3.0", false)]
    [InlineData("(MIT OR GPL-2.0) AND ISC", false)]
    [InlineData("MPL-2.0", false)]
    [InlineData("https://example.org/eula", false)]
    [InlineData("none", false)]
    public void An_expression_is_read_strictly(string licence, bool allowed) =>
        Assert.Equal(allowed, IsAllowed(new ResolvedPackage("NuGet", "Sample", "1.0.0", licence, Shipped: true)));

    [Fact]
    public void The_licence_is_Apache_2() =>
        Assert.Contains("Version 2.0, January 2004", File.ReadAllText(Repository.Full("LICENSE")), StringComparison.Ordinal);

    [Fact]
    public void The_notice_lists_what_is_resolved()
    {
        var path = Repository.Full("NOTICE");
        var expected = Notice.Text(ResolvedPackage.All());
        if (Environment.GetEnvironmentVariable("YINXIN_WRITE_NOTICE") == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.True(File.ReadAllText(path) == expected, "NOTICE is out of date: run ./yinxin test Architecture once with YINXIN_WRITE_NOTICE=1 and commit it.");
    }

    /// <summary>Alternatives without brackets, or a conjunction without brackets; anything more is for a person to read.</summary>
    private static bool IsAllowed(ResolvedPackage package)
    {
        var list = package.Shipped ? Allowed : AllowedInTests;
        var alternatives = package.Licence.Trim('(', ')').Split(" OR ");
        return package.Licence.Trim('(', ')').AsSpan().ContainsAny('(', ')')
            ? false
            : alternatives.Any(a => a.Split(" AND ").All(l => list.Contains(l, StringComparer.OrdinalIgnoreCase)));
    }
}
