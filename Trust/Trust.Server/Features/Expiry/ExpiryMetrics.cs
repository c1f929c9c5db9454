using System.Diagnostics.Metrics;
using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Server.Features.Expiry;

/// <summary>Counts the notices that this node made, by threshold and by whose certificate it is.</summary>
internal sealed class ExpiryMetrics(IMeterFactory meters)
{
    public const string MeterName = "Yinxin.Trust.Expiry";
    private readonly Counter<long> notices = meters.Create(MeterName).CreateCounter<long>("yinxin.trust.expiry.notices", "{notice}", "Notices of certificates that end soon.");

    public void Made(IReadOnlyList<ExpiryNotice> made)
    {
        foreach (var group in made.GroupBy(n => (n.Days, Own: n.Own is not null)))
        {
            notices.Add(group.Count(), new("days", group.Key.Days), new("own", group.Key.Own));
        }
    }
}
