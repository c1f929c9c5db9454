using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Polly;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;

namespace Yinxin.Seal.Server.Features.Signers;

/// <summary>Trust.Server's certificates over HTTP.</summary>
internal sealed class CertificateClient(HttpClient client)
{
    private static readonly Problem Unavailable = new("seal.certificate.unavailable", 503, "证书服务暂时不可用，未制作印章，请稍后再试。", "The certificate service is not available; no seal was made. Please try again later.");

    public async Task<(byte[] Certificate, List<byte[]> Chain)> RequestAsync(byte[] csr, string profile, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.PostAsJsonAsync("api/certificates", new { csr = Convert.ToBase64String(csr), profile }, cancellationToken);
            response.EnsureSuccessStatusCode();
            var answer = await response.Content.ReadFromJsonAsync<Answer>(cancellationToken) ?? throw new HttpRequestException("Trust answered without a certificate.");
            return (Convert.FromBase64String(answer.Certificate), [.. answer.Chain.Select(Convert.FromBase64String)]);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or FormatException or ExecutionRejectedException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw Unavailable.Exception(retryAfter: TimeSpan.FromSeconds(5));
        }
    }

    private sealed record Answer(string Certificate, IReadOnlyList<string> Chain);
}

/// <summary>Trust.Server's timestamps over HTTP.</summary>
internal sealed class TimestampService(IHttpClientFactory clients, IOptions<AddressSettings> addresses)
{
    public const string ClientName = "tsa";
    private static readonly Problem Unavailable = new("seal.timestamp.unavailable", 503, "时间戳服务暂时不可用，未加盖印章，请稍后再试。", "The timestamp service is not available; nothing was sealed. Please try again later.");

    public async Task<byte[]> StampAsync(SignatureSuite suite, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        var authority = new Uri(AddressSettings.Text(addresses.Value.Trust) + (suite == SignatureSuite.Sm ? "/tsa/sm" : "/tsa"));
        try
        {
            return await TimestampClient.StampAsync(clients.CreateClient(ClientName), authority, suite, data, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or System.Security.Cryptography.CryptographicException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw Unavailable.Exception();
        }
    }
}
