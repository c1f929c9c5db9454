using System.Text;
using System.Text.Json.Nodes;
using NJsonSchema;
using Xunit;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Server.Features.Authorities;

namespace Yinxin.Trust.Tests.Profiles;

/// <summary>The profiles as files: judged by the published schema in an independent library, and by our own reader, which must be no milder.</summary>
public sealed class ProfileTests
{
    private const string Good =
        """{ "name": "x", "issuedBy": "documents", "suite": "sm", "validityDays": 30, "keyUsage": ["digitalSignature"], "extendedKeyUsage": ["1.3.6.1.5.5.7.3.2"], "policies": ["2.25.1"], "subject": ["C", "O", "CN"], "optionalSubject": ["O"], "requestable": true, "renewalDays": 10 }""";

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder(), "*.json").Select(f => Path.GetFileName(f)).Where(f => f != "profile.schema.json")];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_profile_follows_the_published_schema_and_is_what_the_server_uses(string file)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Folder(), file), TestContext.Current.CancellationToken);
        Assert.Empty((await SchemaAsync()).Validate(text));
        Assert.Equal(CertificateProfile.All[Path.GetFileNameWithoutExtension(file)].Name, CertificateProfileReading.Read(file, Encoding.UTF8.GetBytes(text)).Name);
    }

    [Fact]
    public void No_file_is_left_out_and_the_schema_is_no_profile() => Assert.Equal(Files.Select(f => f.Data).Order(StringComparer.Ordinal), CertificateProfile.All.Keys.Select(n => n + ".json").Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("color", "\"red\"", "color")]
    [InlineData("Suite", "\"sm\"", "Suite")]
    [InlineData("keyUsageBits", "1", "keyUsageBits")]
    [InlineData("suite", "\"rsa\"", "suite")]
    [InlineData("suite", "null", "suite")]
    [InlineData("issuedBy", "\"nobody\"", "issuedBy")]
    [InlineData("validityDays", "0", "validityDays")]
    [InlineData("validityDays", "7301", "validityDays")]
    [InlineData("validityDays", "\"30\"", "validityDays")]
    [InlineData("validityDays", "30.5", "validityDays")]
    [InlineData("keyUsage", "[]", "keyUsage")]
    [InlineData("keyUsage", "[\"encipherOnly\"]", "keyUsage")]
    [InlineData("keyUsage", "[\"digitalSignature\", \"digitalSignature\"]", "keyUsage")]
    [InlineData("extendedKeyUsage", "[\"clientAuth\"]", "extendedKeyUsage")]
    [InlineData("extendedKeyUsage", "[\"1.3.06\"]", "extendedKeyUsage")]
    [InlineData("policies", "[\"3.1\"]", "policies")]
    [InlineData("subject", "[\"C\", \"EMAIL\"]", "subject")]
    [InlineData("subject", "[\"C\", null]", "subject")]
    [InlineData("optionalSubject", "[\"EMAIL\"]", "optionalSubject")]
    [InlineData("pathLength", "-1", "pathLength")]
    [InlineData("renewalDays", "0", "renewalDays")]
    [InlineData("requestable", "\"yes\"", "requestable")]
    public async Task Schema_and_reader_both_refuse(string member, string value, string named)
    {
        var changed = JsonNode.Parse(Good)!.AsObject();
        changed[member] = JsonNode.Parse(value);
        Assert.NotEmpty((await SchemaAsync()).Validate(changed.ToJsonString()));
        Refused(changed.ToJsonString(), named);
    }

    [Theory]
    [InlineData("name")]
    [InlineData("issuedBy")]
    [InlineData("validityDays")]
    [InlineData("keyUsage")]
    public async Task What_must_be_there_is_named_when_it_is_missing(string member)
    {
        var changed = JsonNode.Parse(Good)!.AsObject();
        changed.Remove(member);
        Assert.NotEmpty((await SchemaAsync()).Validate(changed.ToJsonString()));
        Refused(changed.ToJsonString(), member);
    }

    [Theory]
    [InlineData("name", "\"y\"", "name")]
    [InlineData("optionalSubject", "[\"ST\"]", "optionalSubject")]
    [InlineData("optionalSubject", "[\"C\", \"O\", \"CN\"]", "optionalSubject")]
    [InlineData("keyUsage", "[\"keyCertSign\"]", "certificateAuthority")]
    [InlineData("pathLength", "0", "pathLength")]
    [InlineData("renewalDays", "30", "renewalDays")]
    [InlineData("issuedBy", "\"root\"", "issuedBy")]
    [InlineData("ocspNoCheck", "true", "requestable")]
    [InlineData("requestable", "false", "renewalDays")]
    [InlineData("subject", "[]", "optionalSubject")]
    public void What_a_schema_cannot_say_the_reader_refuses(string member, string value, string named)
    {
        var changed = JsonNode.Parse(Good)!.AsObject();
        changed[member] = JsonNode.Parse(value);
        Refused(changed.ToJsonString(), named);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("""{ "name": "x", "name": "x" }""")]
    public void What_is_no_profile_at_all_is_refused(string text) =>
        Assert.Equal("x.json", Assert.Throws<CertificateProfileException>(() => CertificateProfileReading.Read("x.json", Encoding.UTF8.GetBytes(text))).File);

    [Fact]
    public async Task The_good_one_is_good()
    {
        Assert.Empty((await SchemaAsync()).Validate(Good));
        Assert.Equal(30, CertificateProfileReading.Read("x.json", Encoding.UTF8.GetBytes(Good)).ValidityDays);
    }

    [Fact]
    public void Every_issuer_that_a_profile_may_name_is_in_the_hierarchy() =>
        Assert.Equal(Hierarchy.All.Where(e => e.Profile == "issuing").Select(e => e.Role).Distinct().Order(StringComparer.Ordinal), CertificateProfile.IssuingRoles.Order(StringComparer.Ordinal));

    private static void Refused(string text, string member)
    {
        var refused = Assert.Throws<CertificateProfileException>(() => CertificateProfileReading.Read("x.json", Encoding.UTF8.GetBytes(text)));
        Assert.Equal(("x.json", member), (refused.File, refused.Member));
        Assert.StartsWith($"x.json: {member}: ", refused.Message, StringComparison.Ordinal);
    }

    private static Task<JsonSchema> SchemaAsync() => JsonSchema.FromJsonAsync(Encoding.UTF8.GetString(CertificateProfile.Schema()), TestContext.Current.CancellationToken);

    private static string Folder()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Yinxin.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Yinxin.slnx is in no folder above the tests.");
        }

        return Path.Combine(folder, "certs", "profiles");
    }
}
