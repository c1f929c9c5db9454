using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Caching.Memory;
using Polly;
using Yinxin.License.Layout;
using Yinxin.License.Signing;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.License.Server.Features.Issue;

/// <summary>Seal.Server over HTTP.</summary>
internal sealed class SealClient(HttpClient client, IMemoryCache cache)
{
    /// <summary>A suspended seal is refused by Seal itself at once; here it may be remembered so long.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    public static readonly Problem Missing = new("license.seal.missing", 409, "颁发机构没有可用的电子印章。", "The issuing authority has no active seal.");
    private static readonly Problem Unavailable = new("license.seal.unavailable", 503, "印章服务暂时不可用，未签发证照，请稍后再试。", "The seal service is not available; nothing was issued. Please try again later.");

    public async Task<SealInfo?> FindAsync(string owner, CancellationToken cancellationToken)
    {
        var key = Key(owner);
        if (cache.TryGetValue(key, out SealInfo? known))
        {
            return known;
        }

        var seals = await DemandedAsync(() => client.GetFromJsonAsync<List<SealInfo>>($"api/seals?owner={Uri.EscapeDataString(owner)}", cancellationToken), cancellationToken);
        var seal = seals?.FirstOrDefault(s => s.State == "Active");
        return seal is null ? null : cache.Set(key, seal, Kept);
    }

    public async Task<Sealing> ApplyAsync(string owner, string esId, object request, string idempotencyKey, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, $"api/seals/{esId}/sealings") { Content = JsonContent.Create(request) };
        message.Headers.Add("Idempotency-Key", idempotencyKey);
        return await DemandedAsync(async () =>
        {
            using var response = await client.SendAsync(message, cancellationToken);
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict && await CodeAsync(response, cancellationToken) is "seal.unknown" or "seal.state.suspended" or "seal.expired")
            {
                // Suspended since it was remembered here.
                cache.Remove(Key(owner));
                throw Missing.Exception();
            }

            response.EnsureSuccessStatusCode();
            return await response.Content.ReadFromJsonAsync<Sealing>(cancellationToken);
        }, cancellationToken) ?? throw Unavailable.Exception();
    }

    private static (Type, string) Key(string owner) => (typeof(SealClient), owner);

    private static async Task<string?> CodeAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        (await response.Content.ReadFromJsonAsync<ProblemCode>(cancellationToken))?.Code;

    /// <summary>Whatever keeps Seal from answering, the caller is told that nothing was issued and that it may try again.</summary>
    private static async Task<T> DemandedAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or ExecutionRejectedException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw Unavailable.Exception(retryAfter: TimeSpan.FromSeconds(5));
        }
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

    private sealed record ProblemCode(string? Code);

    internal sealed record Sealing(string? SesSignature, string? Cms);
}
