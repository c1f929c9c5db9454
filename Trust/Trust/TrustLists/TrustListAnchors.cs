using Yinxin.Trust.Validation;

namespace Yinxin.Trust.TrustLists;

/// <summary>Services of a list as trust anchors with the times at which they were trusted.</summary>
public static class TrustListAnchors
{
    /// <summary>Every service of a kind that is used here; one that was never trusted gives none.</summary>
    public static IReadOnlyList<TrustedAnchor> Of(TrustList list)
    {
        var anchors = new List<TrustedAnchor>();
        foreach (var service in list.Entities.SelectMany(e => e.Services))
        {
            if (TrustListTerms.PurposeOf(service.Type) is { } purpose && Periods(service) is { Count: > 0 } periods)
            {
                anchors.AddRange(service.Certificates.Select(c => new TrustedAnchor(purpose, c, periods)));
            }
        }

        return anchors;
    }

    /// <summary>From each status on until the next one.</summary>
    public static IReadOnlyList<TrustPeriod> Periods(TrustService service)
    {
        var statuses = service.History.Append(service.Current).OrderBy(s => s.Since).ToList();
        return [.. statuses.Select((s, i) => (Status: s, Until: i + 1 < statuses.Count ? statuses[i + 1].Since : (DateTimeOffset?)null))
            .Where(s => s.Status.IsTrusted).Select(s => new TrustPeriod(s.Status.Since, s.Until))];
    }
}
