using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Console.AuditSearch;

/// <summary>Finds audit records; each member of the filter has its index, a page ends behind a key.</summary>
internal sealed class AuditQueries(IdentityContext database)
{
    /// <summary>Records of several nodes may stand in another order than their clocks say, by so much at most.</summary>
    private const int ClockSlack = 1000;

    public async Task<IQueryable<AuditRecord>> OfAsync(AuditFilter filter, CancellationToken cancellationToken)
    {
        var records = database.Set<AuditRecord>().AsNoTracking();
        if (await ActorAsync(filter.Actor, cancellationToken) is { } actor)
        {
            records = records.Where(r => r.ActorId == actor);
        }

        records = Where(records, filter.Subject, subject => r => r.SubjectId == subject);
        records = Where(records, filter.Action, action => r => r.Action == action);
        records = Where(records, filter.Result, result => r => r.Result == result);
        records = Where(records, filter.Trace, trace => r => r.TraceId == trace);
        return await WithinAsync(records, filter, cancellationToken);
    }

    private static IQueryable<AuditRecord> Where(IQueryable<AuditRecord> records, string? value, Func<string, System.Linq.Expressions.Expression<Func<AuditRecord, bool>>> condition) =>
        string.IsNullOrEmpty(value) ? records : records.Where(condition(value));

    /// <summary>A period becomes a span of the chain, which is in the order of time: the search then goes by the key alone.</summary>
    private async Task<IQueryable<AuditRecord>> WithinAsync(IQueryable<AuditRecord> records, AuditFilter filter, CancellationToken cancellationToken)
    {
        var all = database.Set<AuditRecord>().AsNoTracking();
        if (filter.FromTime is { } from)
        {
            var first = await all.Where(r => r.At >= from).OrderBy(r => r.At).ThenBy(r => r.Sequence).Select(r => (long?)r.Sequence).FirstOrDefaultAsync(cancellationToken) ?? long.MaxValue;
            records = records.Where(r => r.At >= from && r.Sequence >= first - ClockSlack);
        }

        if (filter.ToTime is { } to)
        {
            var last = await all.Where(r => r.At < to).OrderByDescending(r => r.At).ThenByDescending(r => r.Sequence).Select(r => (long?)r.Sequence).FirstOrDefaultAsync(cancellationToken) ?? 0;
            records = records.Where(r => r.At < to && r.Sequence <= last + ClockSlack);
        }

        return records;
    }

    /// <summary>The key of the account with that user name; what was typed where there is none, for systems act too.</summary>
    public async Task<string?> ActorAsync(string? typed, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(typed))
        {
            return null;
        }

        var name = AccountFinder.Normalise(typed);
        var account = Guid.TryParse(typed, out _) ? null
            : await database.Users.Where(a => a.NormalizedUserName == name).Select(a => (Guid?)a.Id).FirstOrDefaultAsync(cancellationToken);
        return account?.ToString() ?? typed;
    }
}
