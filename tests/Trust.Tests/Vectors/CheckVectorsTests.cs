using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;
using Yinxin.Trust.Cli;

namespace Yinxin.Trust.Tests.Vectors;

/// <summary>The command for outside judges over our own SM2 file, over the published sets where they are at hand, and over files that are none.</summary>
public sealed class CheckVectorsTests
{
    /// <summary>
    /// Published with a wrong result: 346 and 350 sign with PS384 by a key that says PS256; 367 and 370 are byte for byte the valid test 357 but called
    /// invalid; 372 and 373 have a question mark inside base64url but are called valid.
    /// </summary>
    private static readonly long[] WronglyPublished = [346, 350, 367, 370, 372, 373];

    [Fact]
    public void Every_sm2_signature_of_our_file_is_judged_as_it_says()
    {
        var (exit, lines, errors) = Run(Own());
        Assert.Equal("", errors);
        Assert.Equal(0, exit);
        Assert.Equal(lines.Length, Expected(Own()).Count);
        Assert.Contains(lines, l => l.Contains("\"accepted\"", StringComparison.Ordinal));
    }

    [Fact]
    public void Our_sm2_file_is_what_its_generator_makes()
    {
        var made = Sm2VectorGenerator.Make();
        if (Environment.GetEnvironmentVariable("YINXIN_WRITE_VECTORS") == "1")
        {
            File.WriteAllText(Own(), made);
        }

        Assert.Equal(File.ReadAllText(Own()), made);
    }

    [Fact]
    public void Every_signature_of_the_published_sets_is_judged_as_published()
    {
        foreach (var file in Published())
        {
            var (exit, lines, errors) = Run(file);
            var wrong = Path.GetFileName(file) == "json_web_signature_test.json" ? WronglyPublished : [];
            var expected = Expected(file);
            var others = lines.Select(l => JsonDocument.Parse(l).RootElement)
                .Where(l => !Agrees(l.GetProperty("result").GetString()!, expected[l.GetProperty("tcId").GetInt64()]))
                .Select(l => l.GetProperty("tcId").GetInt64());
            Assert.Equal(wrong, others);
            Assert.Equal((wrong.Length == 0 ? 0 : 1, expected.Count), (exit, lines.Length));
            Assert.True(wrong.Length > 0 || errors.Length == 0, errors);
        }
    }

    [Fact]
    public void A_file_whose_word_is_changed_exits_with_1_and_names_the_test()
    {
        var text = File.ReadAllText(Own());
        var place = text.IndexOf("\"valid\"", StringComparison.Ordinal);
        var (exit, _, errors) = RunText(text[..place] + "\"invalid\"" + text[(place + 7)..]);
        Assert.Equal(1, exit);
        Assert.Contains("test 1:", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("{", "not JSON")]
    [InlineData("[]", "testGroups")]
    [InlineData("{}", "testGroups")]
    [InlineData("""{"testGroups":[]}""", "no tests")]
    [InlineData("""{"testGroups":[1]}""", "no object")]
    [InlineData("""{"testGroups":[{"tests":[]}]}""", "no type")]
    [InlineData("""{"testGroups":[{"type":"MacTest","tests":[]}]}""", "MacTest")]
    [InlineData("""{"testGroups":[{"type":"EddsaVerify","tests":[]}]}""", "publicKeyDer")]
    [InlineData("""{"testGroups":[{"type":"Sm2Verify","sha":"SHA-256","tests":[]}]}""", "SM3")]
    [InlineData("""{"testGroups":[{"type":"EcdsaVerify","sha":"MD5","publicKeyDer":"","tests":[]}]}""", "MD5")]
    [InlineData("""{"testGroups":[{"type":"EcdsaVerify","sha":"SHA-256","publicKeyDer":"xx","tests":[]}]}""", "hexadecimal")]
    [InlineData("""{"testGroups":[{"type":"EcdsaVerify","sha":"SHA-256","publicKeyDer":"3010300c06072a8648ce3d020106012a030100","tests":[{"tcId":1}]}]}""", "not known")]
    [InlineData("""{"testGroups":[{"type":"EddsaVerify","publicKeyDer":"00","tests":[{"tcId":7,"msg":"","sig":"0","result":"valid"}]}]}""", "test 7")]
    [InlineData("""{"testGroups":[{"type":"EddsaVerify","publicKeyDer":"00","tests":[{"tcId":7,"msg":"","sig":""}]}]}""", "test 7")]
    [InlineData("""{"testGroups":[{"type":"EddsaVerify","publicKeyDer":"00","tests":[{"msg":"","sig":""}]}]}""", "tcId")]
    [InlineData("""{"testGroups":[{"type":"RsassaPkcs1Verify","sha":"SHA-256","keySize":512,"publicKeyDer":"00","tests":[]}]}""", "1024")]
    public void A_file_that_is_not_understood_exits_with_2_and_says_why(string text, string why)
    {
        var (exit, _, errors) = RunText(text);
        Assert.Equal(2, exit);
        Assert.Contains(why, errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_exits_with_2() => Assert.Equal(2, Run("/no/such/file.json").Exit);

    private static bool Agrees(string ours, string theirs) => ours == "skipped" || theirs == "acceptable" || (ours == "accepted") == (theirs == "valid");

    private static Dictionary<long, string> Expected(string file) => JsonNode.Parse(File.ReadAllText(file))!["testGroups"]!.AsArray()
        .SelectMany(g => g!["tests"]!.AsArray()).ToDictionary(t => t!["tcId"]!.GetValue<long>(), t => t!["result"]!.GetValue<string>());

    /// <summary>All files of the kinds that the command knows; none where the sets are not at hand, and then our own file is all there is.</summary>
    private static List<string> Published()
    {
        if (Environment.GetEnvironmentVariable("YINXIN_VECTORS") is not { Length: > 0 } folder)
        {
            return [];
        }

        string[] kinds = ["ecdsa_", "ed25519_", "ed448_", "rsa_signature_", "rsa_pss_", "json_web_signature", "json_web_key", "json_web_crypto", "dsa_"];
        var files = Directory.GetFiles(Path.Combine(folder, "wycheproof"), "*_test.json").Where(f => kinds.Any(k => Path.GetFileName(f).StartsWith(k, StringComparison.Ordinal))).Order().ToList();
        Assert.NotEmpty(files);
        return files;
    }

    private static (int Exit, string[] Lines, string Errors) RunText(string text)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            return Run(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static (int Exit, string[] Lines, string Errors) Run(string file)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var exit = TrustCommand.Create().Parse(["check-vectors", file]).Invoke(new() { Output = output, Error = errors });
        return (exit, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), errors.ToString());
    }

    private static string Own()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Yinxin.slnx")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder.FullName, "tests", "Trust.Tests", "Vectors", "sm2_verify.json");
    }
}
