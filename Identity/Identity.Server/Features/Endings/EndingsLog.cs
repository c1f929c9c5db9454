using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Endings;

/// <summary>
/// Tells the other servers that something ended before its tokens do (kinds: <see cref="ServiceDefaults.Endings.EndedKinds"/>). Written with the
/// caller's next <c>SaveChanges</c>; belongs into the transaction that ends it, so that neither is without the other.
/// </summary>
internal sealed class EndingsLog(IdentityContext database, TimeProvider time)
{
    /// <param name="kind">What ended.</param>
    /// <param name="id">Its key.</param>
    /// <param name="version">Of a mandate, a level or a policy: tokens below this number are of before.</param>
    public void Add(string kind, Guid id, int? version = null) => Add(kind, id, version, time.GetUtcNow());

    /// <summary>Many at once, each at a moment of its own, because the feed is read in pages by time.</summary>
    public void AddRange(string kind, IReadOnlyCollection<Guid> ids)
    {
        var at = time.GetUtcNow();
        foreach (var id in ids)
        {
            Add(kind, id, version: null, at);
            at = at.AddMicroseconds(1);
        }
    }

    /// <summary>The row itself, for what is entered underneath all services (<see cref="Assurance.Evidences.EvidenceBook"/>).</summary>
    public static EndingRecord Record(string kind, Guid id, int? version, DateTimeOffset at) =>
        new() { Id = Guid.CreateVersion7(at), Kind = kind, TargetId = id, At = at, Version = version };

    private void Add(string kind, Guid id, int? version, DateTimeOffset at) => database.Endings.Add(Record(kind, id, version, at));
}
