using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Raising.Ways;

namespace Yinxin.Identity.Server.Features.MyAccount;

/// <summary>What a level rests on and how it is renewed, for the pages of whoever it belongs to.</summary>
/// <param name="Grade">The level with its evidence.</param>
/// <param name="Renewals">Ways that are open now, each with where it begins.</param>
internal sealed record EvidenceToShow(Grade Grade, IReadOnlyList<(RaisingWay Way, string Address)> Renewals)
{
    /// <summary>When the level falls, if that is so near that a notice tells of it.</summary>
    public DateTimeOffset? EndsSoon => Grade.ChangesAt is { } end && end <= Grade.At + LevelEndings.Ahead ? end : null;

    /// <summary>Ways to what does not carry the level yet.</summary>
    public IReadOnlyList<(RaisingWay Way, string Address)> Further => [.. Renewals.Where(r => !Grade.Carrying.Any(c => c.Record.Kind == r.Way.Kind))];

    /// <summary>Where a record is renewed; null for one that ends only when the facts change, or that is not renewed online.</summary>
    public string? RenewalOf(CountingEvidence evidence) => evidence.Until is null ? null : Renewals.FirstOrDefault(r => r.Way.Kind == evidence.Record.Kind).Address;
}
