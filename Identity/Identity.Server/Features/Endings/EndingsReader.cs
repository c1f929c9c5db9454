using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Protocol.Keys;
using Yinxin.ServiceDefaults.Endings;

namespace Yinxin.Identity.Server.Features.Endings;

/// <summary>
/// Reads the feed in pages by time. The newest <see cref="Overlap"/> is always read anew: a row becomes visible when its transaction commits, not
/// when its time was taken, and the clocks of two nodes differ. Keys that were withdrawn stand in their own table and come with each page.
/// </summary>
internal sealed class EndingsReader(IdentityContext database, TimeProvider time)
{
    /// <summary>Longer than a database command may take.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(30);

    private const int PageSize = 5_000;

    /// <param name="cursor">Microseconds since 1970 as a number; null for everything that still counts.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<EndingsPage> ReadAsync(long? cursor, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var oldest = now - EndedTokens.Kept;
        var from = cursor is { } microseconds ? FromCursor(microseconds) : oldest;
        from = from < oldest ? oldest : from;
        var rows = await database.Endings.AsNoTracking().Where(e => e.At >= from).OrderBy(e => e.At).ThenBy(e => e.Id).Take(PageSize).ToListAsync(cancellationToken);
        var more = rows.Count == PageSize && rows[^1].At > from;
        var items = rows.ConvertAll(e => new Ending(e.Kind, e.TargetId, e.At, e.Version));
        var keys = await database.ProtocolKeys.AsNoTracking().Where(k => k.WithdrawnAt >= from && k.Algorithm != KeyAlgorithms.Encryption)
            .OrderBy(k => k.WithdrawnAt).ThenBy(k => k.Id).ToListAsync(cancellationToken);
        items.InsertRange(0, keys.Select(k => new Ending(EndedKinds.Key, k.Id, k.WithdrawnAt ?? now, Key: k.KeyId)));
        return new EndingsPage(items, ToCursor(more ? rows[^1].At : now - Overlap), more);
    }

    /// <summary>Null for what is no cursor.</summary>
    public static long? Parse(string? cursor) =>
        long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds < Latest ? microseconds : null;

    private static readonly long Latest = (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static DateTimeOffset FromCursor(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    private static string ToCursor(DateTimeOffset at) => ((at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond).ToString(CultureInfo.InvariantCulture);
}
