using System.Security.Cryptography;
using System.Text.Json;
using Org.BouncyCastle.X509;
using Xunit;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Ocsp;

namespace Yinxin.Trust.Tests.Ocsp;

/// <summary>OpenSSL's own responses, when they are there: right ones, and ones with one thing wrong each.</summary>
public sealed class OcspVectorTests
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("YINXIN_VECTORS") is { } vectors ? Path.Combine(vectors, "ocsp-openssl") : null;

    [Fact]
    public void Every_published_case_is_judged_as_it_should()
    {
        if (Folder is null)
        {
            return;
        }

        using var cases = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "openssl-ocsp.json")));
        var refused = 0;
        foreach (var test in cases.RootElement.EnumerateArray())
        {
            List<X509Certificate> path =
            [
                Certificate(Text(test, "cert")),
                .. test.TryGetProperty("other_certs", out var others) ? others.EnumerateArray().Select(o => Certificate(o.GetString()!)) : [],
                Certificate(Text(test, "root")),
            ];
            var at = test.GetProperty("moment").GetDateTimeOffset();
            var valid = test.GetProperty("ocsps").EnumerateArray().Select((o, i) => Verify(o.GetString()!, path[i], path[i + 1], at)).All(v => v);
            Assert.True(valid != test.TryGetProperty("error", out _), Text(test, "name"));
            refused += valid ? 0 : 1;
        }

        Assert.Equal((29, 25), (cases.RootElement.GetArrayLength(), refused));
    }

    /// <summary>The file names say what is wrong. An issuer whose own certificate is badly signed is the caller's affair: he says that he trusts it.</summary>
    [Fact]
    public void Every_response_and_issuer_is_judged_by_its_name()
    {
        if (Folder is null)
        {
            return;
        }

        var (valid, invalid) = (0, 0);
        foreach (var name in new[] { "ND1", "ND2", "ND3", "D1", "D2", "D3" })
        {
            var certificate = Certificate(Path.GetFileName(Directory.GetFiles(Folder, name + "_Cert_*.pem").Single()));
            var issuer = Directory.GetFiles(Folder, name + "_Issuer_*.pem").Select(Path.GetFileName).Single()!;
            foreach (var response in Directory.GetFiles(Folder, "*.ors").Select(Path.GetFileName).Where(f => f == name + ".ors" || f!.EndsWith("_" + name + ".ors", StringComparison.Ordinal)))
            {
                Count(Verify(response!, certificate, Certificate(issuer), Moment(response!)), response == name + ".ors", response!);
            }

            foreach (var other in new[] { "ISIC_", "WKIC_", "WSNIC_" })
            {
                Count(Verify(name + ".ors", certificate, Certificate(other + issuer), Moment(name + ".ors")), other == "ISIC_", other + issuer);
            }
        }

        Assert.Equal((12, 42), (valid, invalid));

        void Count(bool judged, bool expected, string what)
        {
            Assert.True(judged == expected, what);
            _ = judged ? valid++ : invalid++;
        }
    }

    /// <summary>When the response was new.</summary>
    private static DateTimeOffset Moment(string response) => Read(response).ProducedAt.AddMinutes(1);

    private static OcspResponse Read(string response) => OcspResponse.Read(Convert.FromBase64String(File.ReadAllText(Path.Combine(Folder!, response))));

    private static bool Verify(string response, X509Certificate certificate, X509Certificate issuer, DateTimeOffset at) =>
        Read(response).Verify(new OcspExpectation(certificate, issuer, at) { AcceptSha1 = true }).Valid;

    private static X509Certificate Certificate(string name)
    {
        var text = File.ReadAllText(Path.Combine(Folder!, name));
        return CertificateReading.Read(Convert.FromBase64String(text[PemEncoding.Find(text).Base64Data]));
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
