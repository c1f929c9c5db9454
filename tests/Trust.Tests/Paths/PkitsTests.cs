using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Certificates.Paths.Revocation;

namespace Yinxin.Trust.Tests.Paths;

/// <summary>NIST's Public Key Interoperability Test Suite, when it is there: 246 tests, 136 of them must fail, each for its own reason.</summary>
public sealed partial class PkitsTests
{
    /// <summary>What the published error says, and the step of ours that says the same.</summary>
    private static readonly (string Says, PathStep Step)[] Reasons =
    [
        ("signature of", PathStep.Signature),
        ("expired", PathStep.Validity),
        ("is not valid until", PathStep.Validity),
        ("issuer name could not be matched", PathStep.Chain),
        ("is not a CA", PathStep.Authority),
        ("maximum path length", PathStep.Authority),
        ("not allowed to sign certificates", PathStep.KeyUsage),
        ("permitted namespace", PathStep.NameConstraints),
        ("excluded from the namespace", PathStep.NameConstraints),
        ("valid set of policies", PathStep.Policies),
        ("policy mapping", PathStep.Policies),
        ("unsupported critical extension", PathStep.CriticalExtension),
        ("revo", PathStep.Revocation),
    ];

    [Fact]
    public void Every_test_of_the_suite_ends_as_published_and_for_the_published_reason()
    {
        if (PublishedSet.Folder("pkits") is not { } folder)
        {
            return;
        }

        var (exit, lines, errors) = CheckPaths.Lines(Path.Combine(folder, "pkits.json"));
        Assert.Equal("", errors);
        Assert.Equal(0, exit);
        using var suite = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "pkits.json")));
        var refused = 0;
        foreach (var (test, line) in suite.RootElement.EnumerateArray().Zip(lines, (t, l) => (t, JsonDocument.Parse(l).RootElement)))
        {
            if (test.TryGetProperty("error", out var error))
            {
                refused++;
                var says = error.GetProperty("msg_regex").GetString()!;
                var step = Reasons.First(r => says.Contains(r.Says, StringComparison.Ordinal)).Step;
                Assert.True(line.GetProperty("context").GetString()!.StartsWith($"{step}:", StringComparison.Ordinal), $"{line}: published as {says}");
            }
        }

        Assert.Equal((246, 136), (lines.Length, refused));
    }

    [Fact]
    public void The_user_notices_of_the_suite_are_given_back()
    {
        if (PublishedSet.Folder("pkits") is not { } folder)
        {
            return;
        }

        using var list = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "pkits-user-notice.json")));
        foreach (var test in list.RootElement.EnumerateArray())
        {
            var request = new PathRequest(Certificate(test.GetProperty("cert").GetString()!), [.. Names(test, "other_certs").Select(Certificate)], [Certificate("TrustAnchorRootCertificate.crt")], new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero))
            {
                Policies = test.TryGetProperty("params", out var parameters) && Names(parameters, "user_initial_policy_set") is { Count: > 0 } wanted ? wanted.ToHashSet() : null,
                Revocation = new CrlSource([.. Names(test, "crls").Append("TrustAnchorRootCRL.crl").Select(n => RevocationList.Read(File.ReadAllBytes(Path.Combine(folder, "crls", n))))]),
                RevocationRule = RevocationRule.Strict,
            };
            var outcome = PathValidator.Validate(PathProfile.Historic, request);
            Assert.Empty(outcome.Problems);
            Assert.True(outcome.Notices.Count > 0, test.GetProperty("name").GetString());
            Assert.Contains(outcome.Notices, n => Spaces().Replace(n, " ") == Spaces().Replace(test.GetProperty("notice").GetString()!, " "));
        }

        PathCertificate Certificate(string name) => PathCertificate.Read(File.ReadAllBytes(Path.Combine(folder, "certs", name)));

        static List<string> Names(JsonElement element, string name) => element.TryGetProperty(name, out var names) ? [.. names.EnumerateArray().Select(n => n.GetString()!)] : [];
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Spaces();
}
