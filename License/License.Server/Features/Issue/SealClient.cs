using System.Net.Http.Json;

namespace Yinxin.License.Server.Features.Issue;

/// <summary>Seal.Server over HTTP.</summary>
internal sealed class SealClient(HttpClient client)
{
    public async Task<SealInfo?> FindAsync(string owner, CancellationToken cancellationToken) =>
        (await client.GetFromJsonAsync<List<SealInfo>>($"api/seals?owner={Uri.EscapeDataString(owner)}", cancellationToken))?.FirstOrDefault(s => s.State == "Active");

    public async Task<Sealing> ApplyAsync(string esId, object request, string idempotencyKey, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, $"api/seals/{esId}/sealings") { Content = JsonContent.Create(request) };
        message.Headers.Add("Idempotency-Key", idempotencyKey);
        using var response = await client.SendAsync(message, cancellationToken);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<Sealing>(cancellationToken) ?? throw new HttpRequestException("Seal answered without a body.");
    }

    internal sealed record SealInfo(string EsId, string Name, string State, int WidthMm, string Picture);

    internal sealed record Sealing(string? SesSignature, string? Cms);
}
