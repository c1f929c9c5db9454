using Yinxin.Bench.Load;
using Yinxin.Testing;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Ocsp;
using Yinxin.Trust.Suites;

namespace Yinxin.Bench.Authorities;

/// <summary>OCSP by GET: answers kept from before, and answers signed for a nonce, against a static file of the same size. Rates are by the server's processor time, so for one core.</summary>
internal static class OcspBench
{
    private const int Rounds = 3;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(5);

    public static async Task<IReadOnlyList<Figure>> RunAsync(Workplace workplace)
    {
        await using var tokens = await TokenIssuer.StartAsync();
        await using var trust = await TrustProcess.StartAsync(workplace, tokens.Address, ("Trust:Ocsp:SignedPerMinute", "1000000"));
        using var client = new HttpClient { BaseAddress = trust.Address };
        var kept = await AddressAsync(client, SignatureSuite.International, nonce: false);
        var directory = Directory.CreateDirectory(Path.Combine(workplace.DataDirectory, "static")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(directory, "answer"), await client.GetByteArrayAsync(kept));
        var file = new Uri(FormattableString.Invariant($"http://localhost:{FreePort.Next()}/answer"));
        await using var peer = await TrustProcess.StartAsync("Yinxin.Bench.dll", ["peer-static", TrustProcess.Port(file), directory], file);

        (string Name, Uri Address, ChildProcess Server)[] asked =
        [
            ("static file of the same size, Kestrel", file, peer),
            ("OCSP kept, ES256", kept, trust.Process),
            ("OCSP kept, SM2", await AddressAsync(client, SignatureSuite.Sm, nonce: false), trust.Process),
            ("OCSP with nonce, ES256", await AddressAsync(client, SignatureSuite.International, nonce: true), trust.Process),
            ("OCSP with nonce, SM2", await AddressAsync(client, SignatureSuite.Sm, nonce: true), trust.Process),
        ];
        var rates = asked.ToDictionary(a => a.Name, _ => new List<double>());
        foreach (var (_, address, _) in asked)
        {
            await Wrk.GetAsync(address, WarmUp);
        }

        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (name, address, server) in asked)
            {
                var before = server.ProcessorTime;
                var (_, count) = await Wrk.GetAsync(address, Duration);
                rates[name].Add(count / (server.ProcessorTime - before).TotalSeconds);
            }
        }

        var median = rates.ToDictionary(r => r.Key, r => r.Value.Order().ElementAt(Rounds / 2));
        var baseline = median[asked[0].Name];
        return
        [
            .. asked.Select(a => new Figure(a.Name + ", one core", median[a.Name], "1/s")),
            new("static file, one core", baseline, "1/s", median[asked[1].Name] / baseline, median[asked[1].Name] >= 20_000 ? "20000/s are reached" : "≥ 0.7, or 20000/s"),
            .. Signing("ES256", SignatureSuite.International, median[asked[3].Name]),
            .. Signing("SM2", SignatureSuite.Sm, median[asked[4].Name]),
        ];
    }

    private static IEnumerable<Figure> Signing(string name, SignatureSuite suite, double live)
    {
        using var key = SoftwareSigner.Generate(suite);
        var rate = SignatureRate.Measure(key);
        yield return new Figure($"bare {name} signatures, one core", rate, "1/s", live / rate);
    }

    private static async Task<Uri> AddressAsync(HttpClient client, SignatureSuite suite, bool nonce)
    {
        var name = $"root-{suite.Name()}";
        var root = CertificateReading.Read(await client.GetByteArrayAsync($"ca/{name}.cer"));
        var subject = CertificateReading.Read(await client.GetByteArrayAsync($"ca/documents-{suite.Name()}.cer"));
        var id = CertificateId.Of(subject.SerialNumber, root, suite == SignatureSuite.Sm ? HashFunction.Sm3 : HashFunction.Sha1);
        var request = new OcspRequest([id], nonce ? OcspRequest.NewNonce() : null).Encode();
        return new Uri(client.BaseAddress!, $"ocsp/{name}/{Uri.EscapeDataString(Convert.ToBase64String(request))}");
    }
}
