using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.SourceChanges;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Organisations.Certificates;

/// <summary>
/// No CA tells us that it revoked a certificate, so each that carries a level is asked about once a night, by one node. Organisations are walked by their key in batches, and the
/// mark moves after each: an interruption repeats one batch, which does nothing twice. Where the status cannot be had the level stays, as it does between two nights.
/// </summary>
internal sealed class CertificateRechecks(IdentityContext database, CertificateProof proof, TrustMaterial trust, TimeProvider time, ILogger<CertificateRechecks> log)
{
    /// <summary>Words for machines in the withdrawal.</summary>
    public const string Revoked = "certificate-revoked";

    public const string Distrusted = "certificate-distrusted";

    private const string Mark = "certificates";
    private const int Batch = 100;

    /// <summary>A node that died in the middle holds the others up no longer than this; more than a batch takes, a CA that does not answer included.</summary>
    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(30);

    /// <summary>Whatever was not looked at since last night.</summary>
    /// <returns>Certificates that no longer stand.</returns>
    public async Task<int> RunDueAsync(CancellationToken cancellationToken)
    {
        var night = Reconciliation.LastNight(time.GetUtcNow());
        if (await database.SourceCursors.AsNoTracking().AnyAsync(c => c.Authority == Mark && c.ReachedEndAt >= night, cancellationToken))
        {
            return 0;
        }

        try
        {
            await trust.CurrentAsync(cancellationToken);
            var holder = Guid.NewGuid();
            return await ClaimAsync(holder, night, cancellationToken) ? await WalkAsync(holder, cancellationToken) : 0;
        }
        catch (ProblemException)
        {
            log.LogWarning("The certificates of organisations are looked at later: the trust lists cannot be had now");
            return 0;
        }
    }

    /// <returns>False when another node is at it, or has done it.</returns>
    private async Task<bool> ClaimAsync(Guid holder, DateTimeOffset night, CancellationToken cancellationToken)
    {
        if (!await database.SourceCursors.AnyAsync(c => c.Authority == Mark, cancellationToken))
        {
            await BeginAsync(cancellationToken);
        }

        var now = time.GetUtcNow();
        var until = now + Hold;

        // A walk of this night goes on where it stopped; one of an earlier night begins anew, or what lies before its mark would wait a night longer.
        return await database.SourceCursors
            .Where(c => c.Authority == Mark && (c.ReachedEndAt == null || c.ReachedEndAt < night) && (c.HeldUntil == null || c.HeldUntil < now))
            .ExecuteUpdateAsync(
                c => c.SetProperty(x => x.Place, x => x.HeldUntil == null || x.HeldUntil < night ? (Guid?)null : x.Place).SetProperty(x => x.HeldBy, holder).SetProperty(x => x.HeldUntil, until),
                cancellationToken) == 1;
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        database.SourceCursors.Add(new SourceCursor { Authority = Mark });
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            // Another node began in this moment.
        }

        database.ChangeTracker.Clear();
    }

    private async Task<int> WalkAsync(Guid holder, CancellationToken cancellationToken)
    {
        var withdrawn = 0;
        var after = await database.SourceCursors.AsNoTracking().Where(c => c.Authority == Mark).Select(c => c.Place).FirstOrDefaultAsync(cancellationToken);
        try
        {
            while (true)
            {
                var organisations = await database.Organisations.AsNoTracking().Where(o => o.EndedAt == null && (after == null || o.Id.CompareTo(after.Value) > 0)).OrderBy(o => o.Id).Take(Batch).ToListAsync(cancellationToken);
                withdrawn += await LookAsync(organisations, cancellationToken);
                if (organisations.Count < Batch)
                {
                    await ReachedEndAsync(holder, cancellationToken);
                    return withdrawn;
                }

                after = organisations[^1].Id;
                if (!await MoveAsync(holder, after.Value, cancellationToken))
                {
                    // We were so slow that another node took over; it goes on from our last mark.
                    return withdrawn;
                }
            }
        }
        catch
        {
            await LetGoAsync(holder);
            throw;
        }
    }

    private async Task<int> LookAsync(List<Organisation> organisations, CancellationToken cancellationToken)
    {
        var keys = organisations.ConvertAll(o => o.Id);
        var proven = await database.Evidence.AsNoTracking()
            .Where(e => keys.Contains(e.SubjectId) && e.Kind == EvidenceKinds.EnterpriseCertificate && e.State == EvidenceState.Active && e.ReceiptCipher != null)
            .Select(e => e.SubjectId).Distinct().ToListAsync(cancellationToken);
        var withdrawn = 0;
        foreach (var organisation in organisations.Where(o => proven.Contains(o.Id)))
        {
            try
            {
                withdrawn += await LookAsync(organisation, cancellationToken);
            }
            catch (Exception e) when (e is not (OperationCanceledException or DbUpdateException or DbException or ProblemException))
            {
                // Somebody changed the row: its chain tells. All others must be looked at all the same.
                log.LogError(e, "The certificate of organisation {Organisation} cannot be looked at: its receipt cannot be read", organisation.Id);
            }

            database.ChangeTracker.Clear();
        }

        return withdrawn;
    }

    private async Task<int> LookAsync(Organisation organisation, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var withdrawn = 0;
        var standing = (await EvidenceWithdrawal.StandingAsync(database, organisation.Id, cancellationToken)).Where(e => e.Kind == EvidenceKinds.EnterpriseCertificate && !(e.ValidUntil <= now));
        foreach (var evidence in standing)
        {
            if (await proof.LostAsync(evidence, cancellationToken) is { } reason)
            {
                database.Evidence.Add(EvidenceRecords.Withdrawal(evidence, EvidenceState.Revoked, reason, evidence.AssuredBy, now));
                SourceNotice.Add(
                    database, $"{Mark}:{evidence.Id:N}", organisation.LegalRepresentativeId, reason == Revoked ? SourceNotice.CertificateRevoked : SourceNotice.CertificateDistrusted, now,
                    organisation.Name);
                withdrawn++;
            }
        }

        await database.SaveChangesAsync(cancellationToken);
        return withdrawn;
    }

    /// <returns>False when another node holds it by now.</returns>
    private async Task<bool> MoveAsync(Guid holder, Guid place, CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + Hold;
        return await database.SourceCursors.Where(c => c.Authority == Mark && c.HeldBy == holder)
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.Place, place).SetProperty(x => x.HeldUntil, until), cancellationToken) == 1;
    }

    private async Task ReachedEndAsync(Guid holder, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await database.SourceCursors.Where(c => c.Authority == Mark && c.HeldBy == holder).ExecuteUpdateAsync(
            c => c.SetProperty(x => x.ReachedEndAt, now).SetProperty(x => x.Place, (Guid?)null).SetProperty(x => x.HeldBy, (Guid?)null).SetProperty(x => x.HeldUntil, (DateTimeOffset?)null),
            cancellationToken);
    }

    /// <summary>So that the next turn goes on at once; where the database is away the hold runs out.</summary>
    private async Task LetGoAsync(Guid holder)
    {
        try
        {
            var now = time.GetUtcNow();
            await database.SourceCursors.Where(c => c.Authority == Mark && c.HeldBy == holder)
                .ExecuteUpdateAsync(c => c.SetProperty(x => x.HeldBy, (Guid?)null).SetProperty(x => x.HeldUntil, now), CancellationToken.None);
        }
        catch (DbException e)
        {
            log.LogWarning(e, "The walk through the certificates of organisations keeps its hold for a while");
        }
    }
}
