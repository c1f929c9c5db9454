using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Console.AuditSearch;

/// <summary>Finds audit records; each member of the filter has its index, a page ends behind a key.</summary>
internal sealed class AuditQueries(IdentityContext database)
{
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
        records = await AtAsync(records, filter, cancellationToken);
        return await WithinAsync(records, filter, cancellationToken);
    }

    private static IQueryable<AuditRecord> Where(IQueryable<AuditRecord> records, string? value, Func<string, System.Linq.Expressions.Expression<Func<AuditRecord, bool>>> condition) =>
        string.IsNullOrEmpty(value) ? records : records.Where(condition(value));

    /// <summary>
    /// An address of IPv4 stands in records as such, or as a server on IPv6 sees it. Where only one of the two was ever met (as everywhere but behind several kinds of servers), one is looked for: the
    /// index then has the newest first as well.
    /// </summary>
    private async Task<IQueryable<AuditRecord>> AtAsync(IQueryable<AuditRecord> records, AuditFilter filter, CancellationToken cancellationToken)
    {
        if (filter.Where() is not { } at)
        {
            return records;
        }

        var order = ByteOrder.Of(database);
        var (text, other) = (at.Texts[0], at.Texts[^1]);
        if (at.IsRange)
        {
            var (behind, behindOther) = (ByteOrder.Behind(text), ByteOrder.Behind(other));
            return records.Where(r =>
                (EF.Functions.Collate(r.Address!, order).CompareTo(text) >= 0 && EF.Functions.Collate(r.Address!, order).CompareTo(behind) < 0) ||
                (EF.Functions.Collate(r.Address!, order).CompareTo(other) >= 0 && EF.Functions.Collate(r.Address!, order).CompareTo(behindOther) < 0));
        }

        if (text == other || !await IsMetAsync(other, order, cancellationToken))
        {
            return records.Where(r => EF.Functions.Collate(r.Address!, order) == text);
        }

        return await IsMetAsync(text, order, cancellationToken)
            ? records.Where(r => EF.Functions.Collate(r.Address!, order) == text || EF.Functions.Collate(r.Address!, order) == other)
            : records.Where(r => EF.Functions.Collate(r.Address!, order) == other);
    }

    private Task<bool> IsMetAsync(string address, string order, CancellationToken cancellationToken) =>
        database.Set<AuditRecord>().AnyAsync(r => EF.Functions.Collate(r.Address!, order) == address, cancellationToken);

    private async Task<IQueryable<AuditRecord>> WithinAsync(IQueryable<AuditRecord> records, AuditFilter filter, CancellationToken cancellationToken)
    {
        if (filter.FromTime is { } from)
        {
            records = await AuditSpan.FromAsync(database, records, from, cancellationToken);
        }

        return filter.ToTime is { } to ? await AuditSpan.BeforeAsync(database, records, to, cancellationToken) : records;
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
