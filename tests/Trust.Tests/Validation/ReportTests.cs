using System.Text;
using System.Text.Json.Nodes;
using NJsonSchema;
using Xunit;
using Yinxin.Trust.Cms.Cades;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation;
using Yinxin.Trust.Validation.Policies;
using Yinxin.Trust.Validation.Reports;
using static Yinxin.Trust.Tests.Validation.ValidationPki;

namespace Yinxin.Trust.Tests.Validation;

/// <summary>Reports, judged by the published schema in an independent library.</summary>
public sealed class ReportTests : IDisposable
{
    private static readonly DateTimeOffset Now = Day(2026, 6, 1);
    private readonly ValidationPki pki = new(SignatureSuite.International);

    public void Dispose() => pki.Dispose();

    [Fact]
    public async Task Real_reports_follow_the_published_schema()
    {
        var schema = await JsonSchema.FromJsonAsync(Encoding.UTF8.GetString(ValidationReports.Schema()), TestContext.Current.CancellationToken);
        var lists = pki.Lists(Now.AddDays(-1), (pki.Signer, Day(2026, 4, 1), 1));
        ValidationResult[] results =
        [
            pki.Validate(pki.SignAt(Day(2026, 3, 1)), pki.Material(pki.Lists(Now.AddDays(-1))), Now),
            pki.Validate(pki.Archive(pki.SignAt(Day(2026, 3, 1)), Day(2026, 5, 1)), pki.Material(lists), Now),
            pki.Validate(pki.Sign(new CadesStatements { SigningTime = Day(2026, 3, 1) }), pki.Material(lists), Now),
            pki.Validate("nothing"u8.ToArray(), pki.Material(), Now),
        ];

        foreach (var result in results)
        {
            var json = Encoding.UTF8.GetString(ValidationReports.ToJson(ValidationReports.Detailed(result)));
            Assert.Empty(schema.Validate(json));
        }
    }

    [Theory]
    [InlineData("simple", "indication", "VALID")]
    [InlineData("simple", "subIndication", "BECAUSE")]
    [InlineData("signature", "certificate", "abc")]
    public async Task The_schema_refuses_what_is_no_report(string part, string member, string value)
    {
        var schema = await JsonSchema.FromJsonAsync(Encoding.UTF8.GetString(ValidationReports.Schema()), TestContext.Current.CancellationToken);
        var json = JsonNode.Parse(ValidationReports.ToJson(ValidationReports.Detailed(pki.Validate(pki.Sign(), pki.Material(pki.Lists(Now.AddDays(-1))), Now))))!;
        json[part]![member] = value;

        Assert.NotEmpty(schema.Validate(json.ToJsonString()));
    }

    [Fact]
    public void The_simple_report_speaks_both_languages_and_names_what_only_warns()
    {
        var policy = ValidationPolicy.Platform with { Levels = new Dictionary<string, ConstraintLevel> { ["acceptance.signatureTimestamp"] = ConstraintLevel.Warn, ["acceptance.signingTime"] = ConstraintLevel.Ignore } };
        var passed = ValidationReports.Simple(pki.Validate(pki.Sign(), pki.Material(pki.Lists(Now.AddDays(-1))), Now, policy));
        var revoked = ValidationReports.Simple(pki.Validate(pki.Sign(), pki.Material(pki.Lists(Now.AddDays(-1), (pki.Signer, Day(2026, 4, 1), 1))), Now));

        Assert.Equal("TOTAL-PASSED", passed.Indication);
        Assert.Equal("acceptance.signatureTimestamp", Assert.Single(passed.Warnings).Code);
        Assert.Equal(("INDETERMINATE", "REVOKED_NO_POE"), (revoked.Indication, revoked.SubIndication));
        Assert.Contains("吊销", revoked.Chinese, StringComparison.Ordinal);
        Assert.Contains("revoked", revoked.English, StringComparison.Ordinal);
        Assert.Contains("Signer", revoked.Signer!, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_sub_indication_has_words_in_both_languages()
    {
        var words = Enum.GetValues<SubIndication>().Select(s => s.Words()).ToList();

        Assert.Equal(words.Count, words.Select(w => w.Chinese).Distinct().Count());
        Assert.Equal(words.Count, words.Select(w => w.English).Distinct().Count());
        Assert.Equal("OUT_OF_BOUNDS_NO_POE", SubIndication.OutOfBoundsNoPoe.Name());
    }
}
