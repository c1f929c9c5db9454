using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Yinxin.Bench.Load;
using Yinxin.License.Documents;
using Yinxin.License.Layout;
using Yinxin.License.Rendering;
using Yinxin.License.Validation;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Suites;

namespace Yinxin.Bench.Licences;

/// <summary>Issuing over HTTP (render, seal, sign, two timestamps, verify, store), verifying in process, and what the parts of one licence cost.</summary>
internal static class LicenceBench
{
    private const int Callers = 4;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyList<Figure>> RunAsync(Workplace workplace)
    {
        var (pdf, document, bundle) = await ExampleAsync(workplace);
        double issued;
        await using (await workplace.StartPlatformAsync())
        {
            await IssueAsync(workplace, TimeSpan.FromSeconds(3));
            issued = await IssueAsync(workplace, Duration);
        }

        using var sm2 = SoftwareSigner.Generate(SignatureSuite.Sm);
        using var ecdsa = SoftwareSigner.Generate(SignatureSuite.International);
        var page = PublicationBusinessLicense.Lay(document, new Uri("http://localhost:7104/v/ABCDEFGHJKLMNPQRSTUV"));
        var data = Encoding.UTF8.GetBytes(document.Metadata.CertificateIdentifier);
        var now = DateTimeOffset.UtcNow;
        var verify = Milliseconds(() => LicenseVerification.Verify(pdf, bundle, now));
        return
        [
            new("licences issued over HTTP", issued, "1/s"),
            new("licences issued, for each core", issued / Environment.ProcessorCount, "1/s"),
            new("licences verified in process, one core", 1000 / verify, "1/s"),
            new("part: lay out and render the page", Milliseconds(() => PdfRenderer.Render(page, "bench", now)), "ms", Target: "≤ 10"),
            new("part: one SM2 signature (seal, timestamp)", Milliseconds(() => sm2.Sign(data)), "ms"),
            new("part: one ECDSA signature (PDF, timestamp)", Milliseconds(() => ecdsa.Sign(data)), "ms"),
            new("part: verify the result", verify, "ms"),
            new("size of the licence", pdf.Length / 1000.0, "kB"),
        ];
    }

    /// <summary>One licence as the demo makes it.</summary>
    private static async Task<(byte[] Pdf, LicenseDocument Document, TrustBundle Bundle)> ExampleAsync(Workplace workplace)
    {
        var output = Directory.CreateDirectory(Path.Combine(workplace.DataDirectory, "demo")).FullName;
        using var demo = Process.Start(new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "Yinxin.Launch.dll"), "demo", "--out", output, "--port", FormattableString.Invariant($"{workplace.BasePort}")])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var said = await demo.StandardOutput.ReadToEndAsync();
        await demo.WaitForExitAsync();
        if (demo.ExitCode != 0)
        {
            throw new InvalidOperationException("The demo failed:\n" + said);
        }

        return (
            await File.ReadAllBytesAsync(Path.Combine(output, "licence.pdf")),
            LicenseDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(output, "licence.json"))),
            TrustBundle.Parse(await File.ReadAllBytesAsync(Path.Combine(output, "trust-bundle.json"))));
    }

    private static async Task<double> IssueAsync(Workplace workplace, TimeSpan duration)
    {
        var description = workplace.Description;
        var app = description.Clients.First(c => c.Type == "confidential");
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        using var tokenRequest = new HttpRequestMessage(HttpMethod.Post, description.Issuer + "/connect/token")
        {
            Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", "license.issue")]),
        };
        tokenRequest.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{app.ClientId}:{Uri.EscapeDataString(app.ClientSecret!)}")));
        using var tokenResponse = await client.SendAsync(tokenRequest);
        var token = (await tokenResponse.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

        var watch = Stopwatch.StartNew();
        var count = 0;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            while (watch.Elapsed < duration)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, description.Addresses["license"] + "/api/licenses") { Content = JsonContent.Create(Request()) };
                request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
                using var response = await client.SendAsync(request);
                response.EnsureSuccessStatusCode();
                Interlocked.Increment(ref count);
            }
        }));
        return count / watch.Elapsed.TotalSeconds;
    }

    private static object Request() => new
    {
        type = PublicationBusinessLicense.TypeName,
        holder = new { name = "张样例", code = "34990119900101001X", codeTypeCode = "111", subject = "bench" },
        issuer = new { uscc = "11349900MB0000051U", name = "样例市新闻出版局" },
        faceData = new { businessName = "样例书店", principal = "张样例", address = "样例市样例路1号", scope = "图书、报刊零售", mode = "零售" },
        validFrom = DateOnly.FromDateTime(DateTime.UtcNow),
        validTo = DateOnly.FromDateTime(DateTime.UtcNow).AddYears(5),
        caseNumber = Guid.NewGuid().ToString("N"),
    };

    /// <summary>Mean of a warm loop on one core.</summary>
    private static double Milliseconds(Action action)
    {
        for (var i = 0; i < 20; i++)
        {
            action();
        }

        var watch = Stopwatch.StartNew();
        var count = 0;
        while (watch.Elapsed < TimeSpan.FromSeconds(2))
        {
            action();
            count++;
        }

        return watch.Elapsed.TotalMilliseconds / count;
    }
}
