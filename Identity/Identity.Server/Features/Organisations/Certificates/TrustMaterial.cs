using System.Security.Cryptography;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Validation;

namespace Yinxin.Identity.Server.Features.Organisations.Certificates;

/// <summary>What is trusted: Trust's bundle, in which the anchors of every recognised trust list stand with their purposes. Kept for some minutes.</summary>
internal sealed class TrustMaterial(IHttpClientFactory clients, IMemoryCache cache, IOptions<AddressSettings> addresses)
{
    public const string ClientName = "trust-bundle";
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    public static readonly Problem Unavailable = new(
        "identity.certificate.unavailable", 503,
        "暂时无法取得信任列表。组织的等级没有变化，请稍后再试，或换一种方式。",
        "The trust lists cannot be had at the moment. The organisation's level is unchanged; please try again in a while, or choose another way.");

    /// <exception cref="ProblemException">The bundle cannot be had.</exception>
    public async Task<ValidationMaterial> CurrentAsync(CancellationToken cancellationToken)
    {
        try
        {
            var bundle = await cache.GetOrCreateAsync(typeof(TrustMaterial), async entry =>
            {
                entry.AbsoluteExpirationRelativeToNow = Kept;
                return TrustBundle.Parse(await clients.CreateClient(ClientName).GetByteArrayAsync(new Uri(AddressSettings.Text(addresses.Value.Trust) + "/trust-bundle.json"), cancellationToken));
            });
            return ValidationMaterial.Of(bundle!);
        }
        catch (Exception e) when (e is HttpRequestException or CryptographicException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw Unavailable.Exception();
        }
    }
}
