using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Certificates.Paths.Names;
using Yinxin.Trust.Certificates.Paths.Revocation;
using Yinxin.Trust.Cli.Vectors;

namespace Yinxin.Trust.Cli.Paths;

/// <summary>The cases of a file of x509-limbo's schema, version 1.</summary>
internal static class LimboCases
{
    public static IEnumerable<PathCase> Read(JsonElement root, CheckPathsOptions options)
    {
        foreach (var test in root.Members("testcases"))
        {
            var id = test.Text("id") ?? throw new VectorException("a test case has no id");
            var expected = test.Text("expected_result") switch { "SUCCESS" => true, "FAILURE" => false, _ => throw new VectorException($"{id} does not say SUCCESS or FAILURE") };
            yield return new PathCase(id, expected, suffixes => Judge(id, test, options, suffixes));
        }
    }

    private static PathVerdict Judge(string id, JsonElement test, CheckPathsOptions options, PublicSuffixes suffixes)
    {
        try
        {
            var profile = LimboProfiles.For(id, options.Profile);
            var end = PathCertificate.Read(Pem.Decode(test.Text("peer_certificate") ?? throw new VectorException("there is no peer_certificate"), "CERTIFICATE"));
            var request = Usages(new PathRequest(end, Certificates(test, "untrusted_intermediates"), Certificates(test, "trusted_certs"), Time(test)), test, profile) with
            {
                PeerNames = [.. PeerNames(test)],
                Suite = options.Suite,
                PathLength = Depth(test),
                Revocation = Lists(test),
                RevocationRule = RevocationRule.Strict,
            };
            return LimboNames.UnknownAlgorithm(test) is { } unknown ? PathVerdict.Skipped(unknown) : PathVerdict.Of(PathValidator.Validate(profile, request, suffixes));
        }
        catch (CryptographicException e)
        {
            return PathVerdict.Refused(PathStep.Format, e.Message);
        }
        catch (VectorException e)
        {
            throw new VectorException($"{id}: {e.Message}", e);
        }
    }

    /// <summary>A server's certificate is for servers, a client's for clients unless the case names a purpose.</summary>
    private static PathRequest Usages(PathRequest request, JsonElement test, PathProfile profile)
    {
        var purposes = LimboNames.Purposes(test);
        var isServer = test.Text("validation_kind") switch { "SERVER" => true, "CLIENT" => false, _ => throw new VectorException("validation_kind is neither SERVER nor CLIENT") };
        return request with
        {
            Purpose = purposes.FirstOrDefault() ?? LimboNames.Purpose(profile.Subscriber == SubscriberRules.Mail ? "emailProtection" : isServer ? "serverAuth" : "clientAuth"),
            AllKeyUsages = LimboNames.KeyUsages(test),
            SignatureAlgorithms = LimboNames.Algorithms(test),
        };
    }

    /// <summary>What cannot be read is passed over: a store of roots holds many that a path does not need.</summary>
    private static List<PathCertificate> Certificates(JsonElement test, string name)
    {
        var read = new List<PathCertificate>();
        foreach (var text in LimboNames.Texts(test, name))
        {
            try
            {
                read.Add(PathCertificate.Read(Pem.Decode(text, "CERTIFICATE")));
            }
            catch (CryptographicException)
            {
                continue;
            }
        }

        return read;
    }

    /// <summary>A list that cannot be read tells nothing; when none is left, nobody asks, as without lists.</summary>
    private static CrlSource? Lists(JsonElement test)
    {
        var lists = new List<RevocationList>();
        foreach (var text in LimboNames.Texts(test, "crls"))
        {
            try
            {
                lists.Add(RevocationList.Read(Pem.Decode(text, "X509 CRL")));
            }
            catch (CryptographicException)
            {
                continue;
            }
        }

        return lists.Count > 0 ? new CrlSource(lists) : null;
    }

    private static DateTimeOffset Time(JsonElement test) => test.Text("validation_time") switch
    {
        null => DateTimeOffset.UtcNow,
        { } text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => time.ToUniversalTime(),
        _ => throw new VectorException("validation_time is no time"),
    };

    private static int? Depth(JsonElement test) =>
        test.TryGetProperty("max_chain_depth", out var depth) && depth.ValueKind == JsonValueKind.Number && depth.TryGetInt32(out var number) && number >= 0 ? number : null;

    private static IEnumerable<PeerName> PeerNames(JsonElement test)
    {
        var names = test.TryGetProperty("expected_peer_names", out var list) && list.ValueKind == JsonValueKind.Array ? test.Members("expected_peer_names") : [];
        foreach (var name in test.Object("expected_peer_name") is { } one ? names.Append(one) : names)
        {
            var value = name.Text("value") ?? throw new VectorException("a peer name has no value");
            yield return name.Text("kind") switch
            {
                "RFC822" => new PeerName(PeerNameKind.Mail, value),
                "IP" => new PeerName(PeerNameKind.Ip, value),

                // An address is an address, whatever a case calls it.
                "DNS" => new PeerName(IPAddress.TryParse(value, out _) ? PeerNameKind.Ip : PeerNameKind.Dns, value),
                _ => throw new VectorException("a peer name is of no known kind"),
            };
        }
    }
}
