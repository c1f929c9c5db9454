using Xunit;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Tests.Paths;

/// <summary>Every class of case of x509-limbo, made anew in both suites and judged by the command for outside judges.</summary>
public sealed class LimboClassTests
{
    private static readonly Dictionary<string, Action<Cases>> Classes = new()
    {
        ["rfc5280"] = Rfc5280Cases.Add,
        ["pathlen"] = PathLengthCases.Add,
        ["nc"] = NameConstraintCases.Add,
        ["webpki"] = WebPkiCases.Add,
        ["crl"] = CrlCases.Add,
        ["pathological"] = PathologicalCases.Add,
        ["bettertls"] = BetterTlsCases.Add,
    };

    public static TheoryData<string, SignatureAlgorithm> All => new(Classes.Keys.SelectMany(name => new[] { (name, SignatureAlgorithm.Es256), (name, SignatureAlgorithm.Sm2) }));

    [Theory]
    [MemberData(nameof(All))]
    public void Every_case_of_a_class_ends_as_it_should(string name, SignatureAlgorithm algorithm)
    {
        using var cases = new Cases(algorithm);
        Classes[name](cases);
        var (exit, lines, errors) = CheckPaths.RunText(cases.Json(), "--lines");
        Assert.Equal("", errors);
        Assert.Equal((0, cases.Count), (exit, lines.Length));
        Assert.DoesNotContain(lines, l => l.Contains("SKIPPED", StringComparison.Ordinal));
    }
}
