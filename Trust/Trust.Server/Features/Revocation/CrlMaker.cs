using Microsoft.EntityFrameworkCore;
using Org.BouncyCastle.Math;
using Yinxin.Trust.Revocation;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Authorities;

namespace Yinxin.Trust.Server.Features.Revocation;

/// <summary>Signs a full list and its delta, in the transaction of the caller, who holds the authority's row.</summary>
internal sealed class CrlMaker(TrustContext database, AuthorityStore authorities, Authority authority, RevocationSettings settings)
{
    public async Task<ListPair> MakeAsync(ListScope scope, RevocationState state, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds());
        var end = new DateTimeOffset(authority.Certificate.NotAfter, TimeSpan.Zero);
        var next = now + settings.ListLife < end ? now + settings.ListLife : end;
        var lists = database.Set<PublishedList>().AsNoTracking().Where(l => l.Authority == scope.Authority && l.Partition == scope.Partition && !l.Delta);
        var scheduled = await lists.Where(l => l.Scheduled).OrderByDescending(l => l.Number).Select(l => (DateTimeOffset?)l.ThisUpdate).FirstOrDefaultAsync(cancellationToken);
        var reach = now - settings.DeltaReach;
        var known = await lists.Where(l => l.ThisUpdate <= reach).OrderByDescending(l => l.Number).Select(l => new { l.Number, l.Changes }).FirstOrDefaultAsync(cancellationToken)
            ?? await lists.OrderBy(l => l.Number).Select(l => new { l.Number, l.Changes }).FirstOrDefaultAsync(cancellationToken);
        var list = new RevocationList(state.ListNumber, now, next)
        {
            DistributionPoint = scope.Partition == 0 ? null : authorities.CrlAddress(authority, scope.Partition),
            ExpiredSince = authority.KeepsExpired ? new DateTimeOffset(authority.Certificate.NotBefore, TimeSpan.Zero) : null,
        };
        var issuer = new RevocationListIssuer(authority.Signer, authority.Certificate);
        var full = Row(delta: false, issuer.Issue(
            list with { FreshestAddress = authorities.DeltaCrlAddress(authority, scope.Partition) }, await ListedAsync(scope, scheduled, cancellationToken)));
        var delta = Row(delta: true, issuer.Issue(
            list with { BaseNumber = known?.Number ?? state.ListNumber }, await ChangedAsync(scope, known?.Changes ?? state.Changes, cancellationToken)));
        database.AddRange(full, delta);
        await database.SaveChangesAsync(cancellationToken);
        await PurgeAsync(scope, now, cancellationToken);
        return new ListPair(full, delta);

        PublishedList Row(bool delta, byte[] der) => new()
        {
            Authority = scope.Authority,
            Partition = scope.Partition,
            Delta = delta,
            Number = state.ListNumber,
            Changes = state.Changes,
            ThisUpdate = now,
            NextUpdate = next,
            Scheduled = scheduled is null || now >= scheduled + settings.ListInterval,
            Der = der,
        };
    }

    /// <summary>
    /// What the full list names. Where expired certificates do not stay, an entry may leave only after it stood on a scheduled list made after the certificate's end (RFC 5280 §5):
    /// so what had ended before the last scheduled list stays away, and what ended since then is named once more.
    /// </summary>
    private async Task<IEnumerable<RevocationListEntry>> ListedAsync(ListScope scope, DateTimeOffset? scheduled, CancellationToken cancellationToken)
    {
        var rows = Certificates(scope).Where(c => c.RevokedAt != null);
        rows = scheduled is { } time && !authority.KeepsExpired ? rows.Where(c => c.NotAfter >= time) : rows;
        return (await rows.OrderBy(c => c.RevokedAt).Select(Columns).ToListAsync(cancellationToken)).Select(r => r.Entry(r.RevokedAt));
    }

    /// <summary>What the delta names: every certificate whose status changed after the base list was made, as it stands now; a released one with removeFromCRL (§5.2.4).</summary>
    private async Task<IEnumerable<RevocationListEntry>> ChangedAsync(ListScope scope, long since, CancellationToken cancellationToken)
    {
        var events = database.Set<RevocationEvent>().AsNoTracking().Where(e => e.Authority == scope.Authority && e.Sequence > since);
        var last = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (var change in await events.OrderBy(e => e.Sequence).Select(e => new { e.Serial, e.At }).ToListAsync(cancellationToken))
        {
            last[change.Serial] = change.At;
        }

        var rows = await Certificates(scope).Where(c => events.Any(e => e.Serial == c.Serial)).OrderBy(c => c.Serial).Select(Columns).ToListAsync(cancellationToken);
        return rows.Select(r => r.Entry(last[r.Serial]));
    }

    private IQueryable<IssuedCertificate> Certificates(ListScope scope) =>
        database.Certificates.AsNoTracking().Where(c => c.Authority == scope.Authority && (scope.Partition == 0 || c.Partition == scope.Partition));

    private async Task PurgeAsync(ListScope scope, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = now - settings.Kept;
        await database.Set<PublishedList>().Where(l => l.Authority == scope.Authority && l.Partition == scope.Partition && l.NextUpdate < before).ExecuteDeleteAsync(cancellationToken);
    }

    private static readonly System.Linq.Expressions.Expression<Func<IssuedCertificate, Listed>> Columns =
        c => new Listed(c.Serial, c.RevokedAt, c.RevocationReason, c.InvalidityDate);

    private sealed record Listed(string Serial, DateTimeOffset? RevokedAt, int? Reason, DateTimeOffset? InvalidityDate)
    {
        public RevocationListEntry Entry(DateTimeOffset? released) => RevokedAt is { } at
            ? new RevocationListEntry(new BigInteger(Serial, 16), at, (RevocationReason)(Reason ?? 0), InvalidityDate)
            : new RevocationListEntry(new BigInteger(Serial, 16), released!.Value, RevocationReason.RemoveFromCrl);
    }
}
