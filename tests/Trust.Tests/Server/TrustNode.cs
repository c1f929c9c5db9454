using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Yinxin.Testing;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Server;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Tests.Server;

/// <summary>Trust.Server alone, over HTTP, with a clock that a test may put forward.</summary>
public sealed class TrustNode : IAsyncDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("yinxin-trust-");
    private readonly TokenIssuer tokens;
    private readonly WebApplication app;

    private TrustNode(TokenIssuer tokens, AdjustableTime time, Dictionary<string, string?> settings, Action<IServiceCollection>? services)
    {
        this.tokens = tokens;
        app = TrustServerApp.Build([], builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["App:Address"] = Address.ToString(),
                ["App:DataDirectory"] = directory.FullName,
                ["App:MasterKey"] = Convert.ToBase64String(new byte[32]),
                ["Addresses:Trust"] = Address.ToString(),
                ["Trust:Time:TrustSystemClock"] = "true",
                ["Addresses:Identity"] = tokens.Address,
            });
            builder.Configuration.AddInMemoryCollection(settings);
            builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time));
            services?.Invoke(builder.Services);
            builder.Logging.ClearProviders();
        });
        Client = new HttpClient { BaseAddress = Address };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens.Token("trust.certify trust.read trust.revoke trust.log"));
        Public = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; } = new(FormattableString.Invariant($"http://localhost:{FreePort.Next()}/"));

    /// <summary>With a token of every scope.</summary>
    public HttpClient Client { get; }

    /// <summary>Without a token.</summary>
    public HttpClient Public { get; }

    public IServiceProvider Services => app.Services;

    public static async Task<TrustNode> StartAsync(TokenIssuer tokens, AdjustableTime time, Dictionary<string, string?> settings, Action<IServiceCollection>? services = null)
    {
        var node = new TrustNode(tokens, time, settings, services);
        await node.app.StartAsync();
        return node;
    }

    /// <summary>With a token of one scope.</summary>
    public HttpClient With(string scope)
    {
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens.Token(scope));
        return client;
    }

    /// <summary>A certificate for a fresh key.</summary>
    public async Task<X509Certificate> IssueAsync(string profile = "department", SignatureSuite suite = SignatureSuite.International, string name = "样例科室")
    {
        using var key = SoftwareSigner.Generate(suite);
        var subject = profile == "tls" ? new X509Name([X509Name.CN], [name]) : DistinguishedName.Of("样例局", name);
        var csr = Convert.ToBase64String(CertificateRequest.Create(key, subject));
        var answer = await Client.PostAsJsonAsync("api/certificates", new { csr, profile }).AnswerAsync(HttpStatusCode.Created);
        return CertificateReading.Read(answer.GetProperty("certificate").GetBytesFromBase64());
    }

    public Task<HttpResponseMessage> RevokeAsync(string authority, X509Certificate certificate, string reason, DateTimeOffset? invalidityDate = null) =>
        Client.PostAsJsonAsync($"api/certificates/{authority}/{Serial(certificate)}/revocation", new { reason, invalidityDate });

    public async Task<X509Crl> CrlAsync(string path) => CertificateReading.ReadCrl(await Public.GetByteArrayAsync(path));

    public async Task<X509Certificate> AuthorityAsync(string name) => CertificateReading.Read(await Public.GetByteArrayAsync($"ca/{name}.cer"));

    public async Task<JsonElement> ViewAsync(string authority, X509Certificate certificate) =>
        await Client.GetAsync($"api/certificates/{authority}/{Serial(certificate)}").AnswerAsync(HttpStatusCode.OK);

    public static string Serial(X509Certificate certificate) => certificate.SerialNumber.ToString(16);

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        Client.Dispose();
        Public.Dispose();
        directory.Delete(recursive: true);
    }
}
