using System.Security.Cryptography;
using System.Text.Json;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Certificates.Paths.Names;
using Yinxin.Trust.Certificates.Paths.Revocation;
using Yinxin.Trust.Cli.Vectors;

namespace Yinxin.Trust.Cli.Paths;

/// <summary>NIST's Public Key Interoperability Test Suite as a list with the files of each test (pyHanko's pkits.json).</summary>
internal static class PkitsCases
{
    private const string Anchor = "TrustAnchorRootCertificate.crt";
    private const string AnchorCrl = "TrustAnchorRootCRL.crl";

    /// <summary>Every certificate of the suite that is to be valid is so from 2010 to 2030.</summary>
    private static readonly DateTimeOffset Moment = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static IEnumerable<PathCase> Read(JsonElement list, DirectoryInfo folder, CheckPathsOptions options)
    {
        var files = new PkitsFiles(folder);
        foreach (var test in list.EnumerateArray())
        {
            var id = test.Text("id") is { } number && test.Text("name") is { } name ? $"{number}::{name}" : throw new VectorException("a test has no id or no name");
            yield return new PathCase(id, !test.TryGetProperty("error", out _), _ => Judge(test, files, options));
        }
    }

    private static PathVerdict Judge(JsonElement test, PkitsFiles files, CheckPathsOptions options)
    {
        try
        {
            var parameters = test.Object("params");
            var request = new PathRequest(
                files.Certificate(test.Text("cert") ?? throw new VectorException("a test has no cert")), [.. Names(test, "other_certs").Select(files.Certificate)], [files.Certificate(Anchor)], Moment)
            {
                Policies = parameters is { } p && p.TryGetProperty("user_initial_policy_set", out _) ? Names(p, "user_initial_policy_set").ToHashSet(StringComparer.Ordinal) : null,
                ExplicitPolicy = Flag(parameters, "initial_explicit_policy"),
                InhibitPolicyMapping = Flag(parameters, "initial_policy_mapping_inhibit"),
                InhibitAnyPolicy = Flag(parameters, "initial_any_policy_inhibit"),
                Suite = options.Suite,
                Revocation = new CrlSource([.. Names(test, "crls").Append(AnchorCrl).Distinct(StringComparer.Ordinal).Select(files.List).OfType<RevocationList>()]),
                RevocationRule = RevocationRule.Strict,
            };
            return PathVerdict.Of(PathValidator.Validate(PathProfile.Historic, request));
        }
        catch (CryptographicException e)
        {
            return PathVerdict.Refused(PathStep.Format, e.Message);
        }
    }

    private static bool Flag(JsonElement? parameters, string name) => parameters is { } p && p.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static IEnumerable<string> Names(JsonElement element, string name) => element.TryGetProperty(name, out var array) && array.ValueKind == JsonValueKind.Array
        ? array.EnumerateArray().Select(n => n.ValueKind == JsonValueKind.String ? n.GetString()! : throw new VectorException($"{name} holds something that is no text")) : [];
}

/// <summary>The folders certs and crls beside the list; each file is read once.</summary>
internal sealed class PkitsFiles(DirectoryInfo folder)
{
    private readonly Dictionary<string, PathCertificate> certificates = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RevocationList?> lists = new(StringComparer.Ordinal);

    public PathCertificate Certificate(string name) =>
        certificates.TryGetValue(name, out var known) ? known : certificates[name] = PathCertificate.Read(Pem.DecodeFile(Bytes("certs", name), "CERTIFICATE"));

    /// <summary>Null when the list cannot be read: it then tells nothing, as if it were not there.</summary>
    public RevocationList? List(string name)
    {
        if (!lists.TryGetValue(name, out var list))
        {
            lists[name] = list = Readable(Pem.DecodeFile(Bytes("crls", name), "X509 CRL"));
        }

        return list;
    }

    private static RevocationList? Readable(byte[] der)
    {
        try
        {
            return RevocationList.Read(der);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private byte[] Bytes(string kind, string name)
    {
        var path = Path.Combine(folder.FullName, kind, name);
        return Path.GetFileName(name) == name && File.Exists(path) ? File.ReadAllBytes(path) : throw new VectorException($"there is no file {kind}/{name}");
    }
}
