using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Server.Features.Expiry;

/// <summary>
/// One look at what ends soon, in steps of one transaction each. For every threshold a mark goes along the index of ends and passes each certificate once in its
/// life, so a look costs what has come near since the last one, however many certificates there are. The notices of a page, their audit, the message to the
/// receiver and the mark's new place are stored together: a crash repeats or loses none.
/// </summary>
internal sealed class ExpiryLook(TrustContext database, OwnCertificates own, IAuditTrail audit, IOptions<ExpirySettings> settings, TimeProvider time)
{
    /// <summary>Certificates in one step.</summary>
    private const int Page = 100;

    /// <summary>The mark that all looks lock first: one node looks at a time.</summary>
    private const int Turn = 0;

    /// <summary>Marks that are not there yet begin now: nothing that ended before is of interest.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var known = await database.Set<ExpiryMark>().Select(m => m.Days).ToListAsync(cancellationToken);
        List<ExpiryMark> fresh = [.. settings.Value.Days.Append(Turn).Except(known).Select(d => new ExpiryMark { Days = d, NotAfter = time.GetUtcNow() })];
        database.AddRange(fresh);
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            // Another node that begins in the same moment made them.
        }
        finally
        {
            database.ChangeTracker.Clear();
        }
    }

    /// <summary>The next page of a threshold.</summary>
    /// <returns>The notices made, and whether there is another page.</returns>
    public async Task<(IReadOnlyList<ExpiryNotice> Made, bool More)> StepAsync(int days, CancellationToken cancellationToken)
    {
        await using var transaction = await TakeTurnAsync(cancellationToken);
        var mark = await database.Set<ExpiryMark>().SingleAsync(m => m.Days == days, cancellationToken);
        var now = time.GetUtcNow();
        var until = now.AddDays(days);
        if (until <= mark.NotAfter)
        {
            return ([], false);
        }

        // Every change of a status and every renewal holds one of these locks: what is read stays true until the notices are stored.
        await database.Set<RevocationState>().ExecuteUpdateAsync(set => set.SetProperty(s => s.Changes, s => s.Changes), cancellationToken);
        var rows = await After(mark).Where(c => c.NotAfter < until).OrderBy(c => c.NotAfter).ThenBy(c => c.Authority).ThenBy(c => c.Serial).Take(Page)
            .Select(c => new Row(c.Authority, c.Serial, c.Profile, c.Subject, c.NotBefore, c.NotAfter, c.Status, c.RenewedBy)).ToListAsync(cancellationToken);
        List<ExpiryNotice> made = [.. rows.Where(r => IsDue(r, days, now)).Select(r => new ExpiryNotice
        {
            Authority = r.Authority,
            Serial = r.Serial,
            Days = days,
            Profile = r.Profile,
            Subject = r.Subject,
            NotAfter = r.NotAfter,
            CreatedAt = now,
        })];
        (mark.NotAfter, mark.Authority, mark.Serial) = rows.Count == Page ? (rows[^1].NotAfter, rows[^1].Authority, rows[^1].Serial) : (until, "", "");
        await StoreAsync(made, now, cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return (made, rows.Count == Page);
    }

    /// <summary>Our own certificates: all of them each time, and the notices of those that have a successor end.</summary>
    public async Task<IReadOnlyList<ExpiryNotice>> StepOwnAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await TakeTurnAsync(cancellationToken);
        var now = time.GetUtcNow();
        var current = await own.ListAsync(cancellationToken);
        List<string> serials = [.. current.Select(c => c.Serial)];
        await database.Set<ExpiryNotice>().Where(n => n.EndedAt == null && n.Own != null && n.NotAfter > now && !serials.Contains(n.Serial))
            .ExecuteUpdateAsync(set => set.SetProperty(n => n.EndedAt, now).SetProperty(n => n.EndReason, "replaced"), cancellationToken);
        var known = await database.Set<ExpiryNotice>().Where(n => serials.Contains(n.Serial)).Select(n => new { n.Authority, n.Serial, n.Days }).ToListAsync(cancellationToken);
        List<ExpiryNotice> made =
        [
            .. from certificate in current
               let days = ExpiryThresholds.Tightest(settings.Value.Days, certificate.Life, now)
               where days is not null && !known.Any(k => k.Authority == certificate.Authority && k.Serial == certificate.Serial && k.Days == days)
               select new ExpiryNotice
               {
                   Authority = certificate.Authority,
                   Serial = certificate.Serial,
                   Days = days.Value,
                   Profile = certificate.Profile,
                   Subject = certificate.Certificate.SubjectDN.ToString(),
                   NotAfter = certificate.Life.NotAfter,
                   Own = certificate.Name,
                   CreatedAt = now,
               },
        ];
        await StoreAsync(made, now, cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return made;
    }

    private async Task<Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction> TakeTurnAsync(CancellationToken cancellationToken)
    {
        database.ChangeTracker.Clear();
        var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await database.Set<ExpiryMark>().Where(m => m.Days == Turn).ExecuteUpdateAsync(set => set.SetProperty(m => m.Serial, m => m.Serial), cancellationToken);
        return transaction;
    }

    private IQueryable<IssuedCertificate> After(ExpiryMark mark) => database.Certificates.AsNoTracking()
        .Where(c => c.NotAfter >= mark.NotAfter && (c.NotAfter > mark.NotAfter
            || c.Authority.CompareTo(mark.Authority) > 0 || (c.Authority == mark.Authority && c.Serial.CompareTo(mark.Serial) > 0)));

    /// <summary>Whoever was inside of a shorter threshold when the mark came by gets that one's notice only. Our own are looked at by themselves.</summary>
    private bool IsDue(Row row, int days, DateTimeOffset now) =>
        row.Status != CertificateStatus.Revoked && row.RenewedBy is null
        && CertificateProfile.All.GetValueOrDefault(row.Profile) is not { Requestable: false }
        && ExpiryThresholds.Tightest(settings.Value.Days, (row.NotBefore, row.NotAfter), now) == days;

    private async Task StoreAsync(List<ExpiryNotice> made, DateTimeOffset now, CancellationToken cancellationToken)
    {
        database.AddRange(made);
        foreach (var notice in made)
        {
            audit.Add(new AuditEntry("trust.expiry.noticed", $"{notice.Authority}/{notice.Serial}", "trust", Details: new { notice.Days, notice.NotAfter, notice.Own }));
        }

        // First the rows, which give the notices their numbers.
        await database.SaveChangesAsync(cancellationToken);
        if (made.Count > 0 && settings.Value.Address is not null)
        {
            var message = ExpiryMessage.Of(made, now);
            database.Add(OutboxMessage.Create(ExpiryMessage.MessageKind, message, message.Id, now));
            await database.SaveChangesAsync(cancellationToken);
        }
    }

    private sealed record Row(
        string Authority, string Serial, string Profile, string Subject, DateTimeOffset NotBefore, DateTimeOffset NotAfter, CertificateStatus Status, string? RenewedBy);
}
