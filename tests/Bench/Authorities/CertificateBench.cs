using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Yinxin.Testing;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Suites;

namespace Yinxin.Bench.Authorities;

/// <summary>Certificates over HTTP from PKCS#10, each durable with its audit record and its message to the log before it is handed out. The ratio is by the server's processor time, so for one core.</summary>
internal static class CertificateBench
{
    private const int Callers = 256;
    private const int Requests = 2000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyList<Figure>> RunAsync(Workplace workplace)
    {
        await using var tokens = await TokenIssuer.StartAsync();
        await using var trust = await TrustProcess.StartAsync(workplace, tokens.Address);
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Callers }) { BaseAddress = trust.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens.Token("trust.certify"));
        var figures = new List<Figure>();
        foreach (var suite in new[] { SignatureSuite.International, SignatureSuite.Sm })
        {
            using var key = SoftwareSigner.Generate(suite);
            var bare = SignatureRate.Measure(key);
            var both = SignatureRate.WithVerification(key);
            var bodies = new ConcurrentQueue<object>(Bodies(key));
            await LoadAsync(client, bodies, WarmUp);
            var before = trust.Process.ProcessorTime;
            var (rate, count) = await LoadAsync(client, bodies, Duration);
            var issued = count / (trust.Process.ProcessorTime - before).TotalSeconds;
            figures.Add(new Figure($"{suite.Name()}: certificates issued over HTTP, by the clock", rate, "1/s"));
            figures.Add(new Figure($"{suite.Name()}: certificates issued over HTTP, one core", issued, "1/s"));
            figures.Add(new Figure($"{suite.Name()}: bare signatures, one core", bare, "1/s", issued / bare, "≥ 0.5"));
            figures.Add(new Figure($"{suite.Name()}: bare signatures, each with the check of a request's own", both, "1/s", issued / both));
        }

        return figures;
    }

    private static IEnumerable<object> Bodies(ISigner key)
    {
        for (var i = 0; i < Requests; i++)
        {
            yield return new { csr = Convert.ToBase64String(CertificateRequest.Create(key, DistinguishedName.Of("样例局", FormattableString.Invariant($"样例{i}")))), profile = "department" };
        }
    }

    private static async Task<(double PerSecond, int Count)> LoadAsync(HttpClient client, ConcurrentQueue<object> bodies, TimeSpan duration)
    {
        var watch = Stopwatch.StartNew();
        var count = 0;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            while (watch.Elapsed < duration && bodies.TryDequeue(out var body))
            {
                using var response = await client.PostAsJsonAsync("api/certificates", body);
                response.EnsureSuccessStatusCode();
                bodies.Enqueue(body);
                Interlocked.Increment(ref count);
            }
        }));
        return (count / watch.Elapsed.TotalSeconds, count);
    }
}
