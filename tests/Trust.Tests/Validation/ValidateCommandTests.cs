using System.Text.Json;
using Xunit;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Cli;
using Yinxin.Trust.Evidence;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Tests.TrustLists;
using Yinxin.Trust.TrustLists;
using static Yinxin.Trust.Tests.Validation.ValidationPki;

namespace Yinxin.Trust.Tests.Validation;

/// <summary><c>yinxin trust validate</c> and <c>check-list</c> through their entry point.</summary>
public sealed class ValidateCommandTests : IDisposable
{
    private static readonly DateTimeOffset Now = Day(2026, 6, 1);
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("yinxin-validate-");
    private readonly ValidationPki pki = new(SignatureSuite.International);

    public void Dispose()
    {
        pki.Dispose();
        directory.Delete(recursive: true);
    }

    [Fact]
    public void Validate_reports_by_exit_code_and_json()
    {
        var bundle = Bundle(pki.Lists(Now.AddDays(-1)));
        string[] common = [Write("s.p7s", pki.SignAt(Day(2026, 3, 1))), "--bundle", Write("bundle.json", bundle.ToJson()), "--at", "2026-06-01T00:00:00Z"];
        var content = Write("content", Content);

        var (passed, simple, _) = Run(["validate", .. common, "--content", content]);
        Assert.Equal((0, "TOTAL-PASSED"), (passed, JsonElement.Parse(simple).GetProperty("indication").GetString()));
        var (_, detailed, _) = Run(["validate", .. common, "--content", content, "--report", "detailed"]);
        Assert.NotEmpty(JsonElement.Parse(detailed).GetProperty("blocks").EnumerateArray());
        Assert.Equal(1, Run(["validate", .. common, "--content", Write("other", [1])]).Exit);
        Assert.Equal(2, Run(["validate", .. common]).Exit);
        var policy = Run(["validate", .. common, "--content", content, "--policy", Write("policy.json", "{}"u8.ToArray())]);
        Assert.Equal(2, policy.Exit);
        Assert.NotEmpty(policy.Errors);
    }

    [Fact]
    public async Task Validate_takes_evidence_records_that_lie_beside()
    {
        var cms = pki.Sign();
        var content = Write("content", Content);
        Stamp stamp = (_, digest, _) => Task.FromResult(pki.StampDigest(digest, Day(2026, 3, 1), pki.TsaKey, pki.Tsa));
        var over = await EvidenceRecords.CreateAsync([[EvidenceDocument.Of(cms)]], HashFunction.Sha256, stamp, default);
        var beside = await EvidenceRecords.CreateAsync([[EvidenceDocument.Of(Content)]], HashFunction.Sha256, stamp, default);
        string[] common = ["validate", Write("s.p7s", cms), "--bundle", Write("bundle.json", Bundle(pki.Lists(Now.AddDays(-1), (pki.Signer, Day(2026, 4, 1), 1))).ToJson()), "--at", "2026-06-01T00:00:00Z", "--content", content];

        Assert.Equal(2, Run(common).Exit);
        var (passed, detailed, _) = Run([.. common, "--evidence", Write("s.p7s.ers", over[0].Encode()), "--report", "detailed"]);
        Assert.Equal(0, passed);
        Assert.Equal("PASSED", JsonElement.Parse(detailed).GetProperty("evidenceRecords")[0].GetProperty("conclusion").GetProperty("indication").GetString());
        Assert.Equal(2, Run([.. common, "--evidence", Write("content.ers", beside[0].Encode())]).Exit);
        Assert.Equal(2, Run([.. common, "--evidence", Write("broken.ers", [1])]).Exit);
        Assert.Equal(2, Run([.. common, "--evidence", Path.Combine(directory.FullName, "missing")]).Exit);
    }

    [Fact]
    public void Check_list_says_whom_a_list_trusts()
    {
        using var signer = new ListSigner(SignatureAlgorithm.Sm2);
        using var stranger = new ListSigner(SignatureAlgorithm.Sm2);
        var service = new TrustService(TrustListTerms.DocumentSigner, [new("zh", "单位证书")], [Certificates.Paths.PathCertificate.Of(pki.Ca)], new(TrustListTerms.Granted, Day(2026, 1, 1)), []);
        var list = Write("list.jws", System.Text.Encoding.ASCII.GetBytes(signer.Sign(ListSigner.List(ListSigner.Scheme(2), service))));
        var later = Write("later.jws", System.Text.Encoding.ASCII.GetBytes(signer.Sign(ListSigner.List(ListSigner.Scheme(3)))));
        string[] by = ["--signer", Write("signer.cer", signer.Certificate.GetEncoded()), "--at", "2026-06-10T00:00:00Z"];

        var (accepted, output, _) = Run(["check-list", list, .. by, "--territory", "CN-AH"]);
        Assert.Equal(0, accepted);
        Assert.Contains("\"purpose\":\"document-signer\"", output, StringComparison.Ordinal);
        Assert.Equal(0, Run(["check-list", later, .. by, "--previous", list]).Exit);
        var back = Run(["check-list", list, .. by, "--previous", later]);
        Assert.Equal(1, back.Exit);
        Assert.Contains("trustList.sequence", back.Output, StringComparison.Ordinal);
        Assert.Equal(1, Run(["check-list", list, "--signer", Write("stranger.cer", stranger.Certificate.GetEncoded())]).Exit);
        Assert.Equal(1, Run(["check-list", list, .. by, "--territory", "CN-JS"]).Exit);
        Assert.Equal(2, Run(["check-list", Path.Combine(directory.FullName, "missing"), .. by]).Exit);
    }

    private TrustBundle Bundle(byte[][] lists)
    {
        var root = Convert.ToBase64String(pki.Root.GetEncoded());
        return new TrustBundle(
            1, Now, [new TrustAnchor(AnchorPurposes.DocumentSigner, "international", "root", root), new TrustAnchor(AnchorPurposes.Tsa, "international", "root", root)],
            [Convert.ToBase64String(pki.Ca.GetEncoded()), Convert.ToBase64String(pki.TsaCa.GetEncoded())],
            [.. lists.Select(l => new BundledCrl("CA", new Uri("http://localhost/crl"), Convert.ToBase64String(l)))], null);
    }

    private string Write(string name, byte[] content)
    {
        var path = Path.Combine(directory.FullName, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static (int Exit, string Output, string Errors) Run(string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var exit = TrustCommand.Create().Parse(arguments).Invoke(new() { Output = output, Error = errors });
        return (exit, output.ToString(), errors.ToString());
    }
}
