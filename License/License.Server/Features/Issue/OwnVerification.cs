using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Yinxin.License.Validation;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.Trust.Bundles;

namespace Yinxin.License.Server.Features.Issue;

/// <summary>The trust bundle of Trust.Server, kept a while, and verification with it.</summary>
internal sealed class OwnVerification(IHttpClientFactory clients, IMemoryCache cache, IOptions<AddressSettings> addresses)
{
    public const string ClientName = "trust-bundle";
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    public async Task<VerificationReport> VerifyAsync(byte[] file, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var bundle = await cache.GetOrCreateAsync(typeof(OwnVerification), async entry =>
        {
            entry.AbsoluteExpirationRelativeToNow = Kept;
            return TrustBundle.Parse(await clients.CreateClient(ClientName).GetByteArrayAsync(new Uri(AddressSettings.Text(addresses.Value.Trust) + "/trust-bundle.json"), cancellationToken));
        });
        using var activity = SealedDocument.Activities.StartActivity("verify");
        return LicenseVerification.Verify(file, bundle!, now);
    }

    /// <summary>What we would not accept is not handed out.</summary>
    public async Task DemandValidAsync(byte[] pdf, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var report = await VerifyAsync(pdf, now, cancellationToken);
        if (report.Result != "valid" && report.FirstFailure is not { Code: "licence.validity" })
        {
            throw new InvalidOperationException($"The licence just made does not verify: {report.FirstFailure?.Code ?? report.Result} {report.FirstFailure?.Detail}");
        }
    }
}
