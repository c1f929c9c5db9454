using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Mandates;

/// <summary>A page of mandates.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="Next">Key before which the next page begins; null on the last.</param>
internal sealed record MandateList(IReadOnlyList<ListedMandate> Items, Guid? Next)
{
    /// <param name="found">One more than a page, where there are more.</param>
    /// <param name="title">What stands above each.</param>
    /// <param name="now">The state is that of this moment.</param>
    public static MandateList Of(IReadOnlyList<Mandate> found, Func<Mandate, string> title, DateTimeOffset now)
    {
        var shown = found.Take(MandateView.PageSize).ToList();
        return new([.. shown.Select(m => new ListedMandate(m, title(m), MandateFlow.At(m, now)))], found.Count > shown.Count ? shown[^1].Id : null);
    }
}

internal sealed record ListedMandate(Mandate Mandate, string Title, MandateState State);
