using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Tests.Paths;

/// <summary>The command for outside judges: its result, its exit codes, and files that are none.</summary>
public sealed class CheckPathsTests
{
    [Fact]
    public void A_harness_result_is_written_and_exits_with_0()
    {
        var (exit, lines, errors) = CheckPaths.RunText(TwoCases());
        Assert.Equal((0, ""), (exit, errors));
        var result = JsonNode.Parse(Assert.Single(lines))!;
        Assert.Equal((1, "yinxin", 2), ((int)result["version"]!, (string?)result["harness"], result["results"]!.AsArray().Count));
        Assert.Equal("SUCCESS", (string?)result["results"]![0]!["actual_result"]);
        Assert.Null(result["results"]![0]!["context"]);
        Assert.Equal("FAILURE", (string?)result["results"]![1]!["actual_result"]);
        Assert.Contains("no path", (string?)result["results"]![1]!["context"], StringComparison.Ordinal);
    }

    [Fact]
    public void As_a_process_it_says_the_same()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, TwoCases());
            var start = new ProcessStartInfo("dotnet", [typeof(Cli.TrustCommand).Assembly.Location, "check-paths", file, "--lines"]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            Assert.Equal(["SUCCESS", "FAILURE"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("actual_result").GetString()));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_case_that_ends_otherwise_exits_with_1_and_is_named()
    {
        var (exit, _, errors) = CheckPaths.RunText(TwoCases().Replace("\"SUCCESS\"", "\"FAILURE\"", StringComparison.Ordinal));
        Assert.Equal(1, exit);
        Assert.Contains("test::good: the file says FAILURE, we say SUCCESS", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void The_other_suite_is_refused_when_one_is_asked_for()
    {
        Assert.Equal(0, CheckPaths.RunText(TwoCases(), "--suite", "sm").Exit);
        Assert.Equal(1, CheckPaths.RunText(TwoCases(), "--suite", "international").Exit);
    }

    [Fact]
    public void A_profile_that_is_asked_for_holds_for_every_case()
    {
        using var cases = new Cases(SignatureAlgorithm.Es256);
        var root = cases.Make.Root();
        cases.Good("rfc5280::eku::ee-without-eku", root, cases.Make.Leaf(root, d => d.Drop(X.ExtendedKeyUsage)));
        Assert.Equal(0, CheckPaths.RunText(cases.Json()).Exit);
        Assert.Equal(1, CheckPaths.RunText(cases.Json(), "--profile", "webpki").Exit);
    }

    [Fact]
    public void A_case_of_algorithms_that_are_not_known_is_skipped()
    {
        using var cases = new Cases(SignatureAlgorithm.Es256);
        var root = cases.Make.Root();
        cases.Good("test::gost", root, cases.Make.Leaf(root), new CaseOptions { SignatureAlgorithms = ["GOSTR3411_94_WITH_3410_2001"] });
        var (exit, lines, _) = CheckPaths.RunText(cases.Json(), "--lines");
        Assert.Equal(0, exit);
        Assert.Contains("SKIPPED", Assert.Single(lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Public_suffixes_come_from_a_list()
    {
        var list = Path.GetTempFileName();
        try
        {
            File.WriteAllText(list, "// a comment\ncom\nhosting.example\n*.wild.example\n!free.wild.example\n公司.cn\n");
            using var cases = new Cases(SignatureAlgorithm.Es256);
            var root = cases.Make.Root();
            foreach (var (id, good, name, peer) in new[]
            {
                ("test::private", false, "*.hosting.example", "a.hosting.example"),
                ("test::below", true, "*.a.hosting.example", "b.a.hosting.example"),
                ("test::wildcard-rule", false, "*.b.wild.example", "a.b.wild.example"),
                ("test::exception", true, "*.free.wild.example", "a.free.wild.example"),
                ("test::chinese", false, "*.xn--55qx5d.cn", "a.xn--55qx5d.cn"),
            })
            {
                cases.Add(id, good ? "SUCCESS" : "FAILURE", [root], cases.Make.Leaf(root, d => d.Names(Der.Dns(name))), [], CaseOptions.ForName(peer));
            }

            var (exit, _, errors) = CheckPaths.RunText(cases.Json(), "--public-suffixes", list);
            Assert.Equal((0, ""), (exit, errors));
            Assert.Equal(2, CheckPaths.RunText(cases.Json(), "--public-suffixes", "/no/such/list").Exit);
        }
        finally
        {
            File.Delete(list);
        }
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("[]", "no cases")]
    [InlineData("{}", "neither")]
    [InlineData("""{"version":2,"testcases":[]}""", "neither")]
    [InlineData("""{"version":1}""", "testcases")]
    [InlineData("""{"version":1,"testcases":[]}""", "no cases")]
    [InlineData("""{"version":1,"testcases":[{}]}""", "no id")]
    [InlineData("""{"version":1,"testcases":[{"id":"a"}]}""", "a does not say")]
    [InlineData("""{"version":1,"testcases":[{"id":"a","expected_result":"FAILURE"}]}""", "a: there is no peer_certificate")]
    [InlineData("""{"version":1,"testcases":[{"id":"a","expected_result":"FAILURE","peer_certificate":"x"}]}""", "a: there is no PEM")]
    [InlineData("""[{"id":"1"}]""", "no name")]
    [InlineData("""[{"id":"1","name":"a","cert":"../secret"}]""", "no file certs")]
    public void A_file_that_is_not_understood_exits_with_2_and_says_why(string text, string why)
    {
        var (exit, _, errors) = CheckPaths.RunText(text);
        Assert.Equal(2, exit);
        Assert.Contains(why, errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_exits_with_2() => Assert.Equal(2, CheckPaths.Run("/no/such/file.json").Exit);

    private static string TwoCases()
    {
        using var cases = new Cases(SignatureAlgorithm.Sm2);
        var root = cases.Make.Root();
        cases.Good("test::good", root, cases.Make.Leaf(root));
        cases.Bad("test::bad", cases.Make.Root(name: "another"), cases.Make.Leaf(root));
        return cases.Json();
    }
}
