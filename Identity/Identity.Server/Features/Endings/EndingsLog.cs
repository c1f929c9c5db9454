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
    /// <param name="version">Of a mandate: tokens below this version are dead.</param>
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

    private void Add(string kind, Guid id, int? version, DateTimeOffset at) =>
        database.Endings.Add(new EndingRecord { Id = Guid.CreateVersion7(at), Kind = kind, TargetId = id, At = at, Version = version });
}
