using System.Diagnostics;
using System.Text;
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

    /// <summary>The runtime compiles again what is called often; until that is done, half of the processor's time is the compiler's.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(25);

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyList<Figure>> RunAsync(Workplace workplace)
    {
        var (pdf, document, bundle) = await ExampleAsync(workplace);
        double issued;
        await using (await workplace.StartPlatformAsync())
        {
            using var load = await IssuingLoad.ConnectAsync(workplace.Description);
            await load.RunAsync(Callers, WarmUp);
            issued = await load.RunAsync(Callers, Duration);
        }

        var profile = await IssuingProfile.RunAsync(workplace);

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
            .. profile,
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

    /// <summary>Mean of a warm loop on one core: the runtime compiles again what is called often, so a few seconds do not count.</summary>
    private static double Milliseconds(Action action)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < TimeSpan.FromSeconds(6))
        {
            action();
        }

        watch.Restart();
        var count = 0;
        while (watch.Elapsed < TimeSpan.FromSeconds(2))
        {
            action();
            count++;
        }

        return watch.Elapsed.TotalMilliseconds / count;
    }
}
