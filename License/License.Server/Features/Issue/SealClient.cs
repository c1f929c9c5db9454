using System.Net.Http.Json;
using Microsoft.Extensions.Caching.Memory;
using Yinxin.License.Layout;
using Yinxin.License.Signing;

namespace Yinxin.License.Server.Features.Issue;

/// <summary>Seal.Server over HTTP.</summary>
internal sealed class SealClient(HttpClient client, IMemoryCache cache)
{
    /// <summary>A suspended seal is refused by Seal itself at once; here it may be remembered so long.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    public async Task<SealInfo?> FindAsync(string owner, CancellationToken cancellationToken)
    {
        var key = (typeof(SealClient), owner);
        if (cache.TryGetValue(key, out SealInfo? known))
        {
            return known;
        }

        var seals = await client.GetFromJsonAsync<List<SealInfo>>($"api/seals?owner={Uri.EscapeDataString(owner)}", cancellationToken);
        var seal = seals?.FirstOrDefault(s => s.State == "Active");
        return seal is null ? null : cache.Set(key, seal, Kept);
    }

    public async Task<Sealing> ApplyAsync(string esId, object request, string idempotencyKey, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, $"api/seals/{esId}/sealings") { Content = JsonContent.Create(request) };
        message.Headers.Add("Idempotency-Key", idempotencyKey);
        using var response = await client.SendAsync(message, cancellationToken);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<Sealing>(cancellationToken) ?? throw new HttpRequestException("Seal answered without a body.");
    }

    internal sealed record SealInfo(string EsId, string Name, string State, int WidthMm, string Picture)
    {
        private readonly Lazy<SealStamp> stamp = new(() =>
        {
            var (x, y, diameter) = PublicationBusinessLicense.SealPlace;
            return new SealStamp(x, y, diameter, Convert.FromBase64String(Picture));
        });

        public SealStamp Stamp => stamp.Value;
    }

    internal sealed record Sealing(string? SesSignature, string? Cms);
}
