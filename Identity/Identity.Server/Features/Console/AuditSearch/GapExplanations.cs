using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.AuditAnchors;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Console.AuditSearch;

/// <summary>
/// What auditors found out about gaps between timestamps, kept as records of the audit itself. Each is about one gap by both its anchors, as the command names it: an anchor that is taken
/// away at either end makes another gap of it. One without an end is never explained, for it grows.
/// </summary>
internal sealed class GapExplanations(IdentityContext database)
{
    public const string Action = "audit.gapExplained";

    /// <summary>As the command spells it, e.g. <c>0-57</c>; the subject of the record, which has an index.</summary>
    public static string Key(long from, long until) => string.Create(CultureInfo.InvariantCulture, $"{from}-{until}");

    public Task<bool> IsExplainedAsync(long from, long until, CancellationToken cancellationToken)
    {
        var key = Key(from, until);
        return Records.AnyAsync(r => r.SubjectId == key, cancellationToken);
    }

    /// <returns>Of these gaps the ones that somebody explained.</returns>
    public async Task<IReadOnlyList<AnchorFault>> OfAsync(IReadOnlyList<AnchorFault> gaps, CancellationToken cancellationToken)
    {
        var ended = gaps.Where(g => g.Until is not null).ToDictionary(g => Key(g.Sequence, g.Until!.Value), StringComparer.Ordinal);
        if (ended.Count == 0)
        {
            return [];
        }

        var keys = ended.Keys.ToList();
        var explained = await Records.Where(r => keys.Contains(r.SubjectId!)).Select(r => r.SubjectId!).Distinct().ToListAsync(cancellationToken);
        return [.. explained.Select(key => ended[key])];
    }

    private IQueryable<AuditRecord> Records => database.Set<AuditRecord>().AsNoTracking().Where(r => r.Action == Action);
}
