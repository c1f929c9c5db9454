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
    /// <param name="heldUp">Keys of those that a frozen account holds up.</param>
    public static MandateList Of(IReadOnlyList<Mandate> found, Func<Mandate, string> title, DateTimeOffset now, IReadOnlySet<Guid> heldUp)
    {
        var shown = found.Take(MandateView.PageSize).ToList();
        return new([.. shown.Select(m => new ListedMandate(m, title(m), MandateFlow.At(m, now), heldUp.Contains(m.Id)))], found.Count > shown.Count ? shown[^1].Id : null);
    }
}

/// <param name="Mandate">The mandate with its organisation.</param>
/// <param name="Title">What stands above it.</param>
/// <param name="State">Of this moment.</param>
/// <param name="IsHeldUp">Whether it gives no power because the account of one who answers for it is frozen.</param>
internal sealed record ListedMandate(Mandate Mandate, string Title, MandateState State, bool IsHeldUp)
{
    /// <summary>Whether it gives no power because the mandate of which it is a part is suspended.</summary>
    public bool AboveRests => State == MandateState.Active && Mandate.Parent is { State: MandateState.Suspended };
}
