using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.SourceChanges;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Organisations.Certificates;

/// <summary>
/// No CA tells us that it revoked a certificate, so each that carries a level is asked about once a night. Organisations are walked by their key in batches, and the mark moves after
/// each: an interruption repeats one batch, which does nothing twice. Where the status cannot be had the level stays, as it does between two nights.
/// </summary>
internal sealed class CertificateRechecks(IdentityContext database, CertificateProof proof, TrustMaterial trust, TimeProvider time, ILogger<CertificateRechecks> log)
{
    /// <summary>A word for machines in the withdrawal.</summary>
    public const string Reason = "certificate-revoked";

    private const string Mark = "certificates";
    private const int Batch = 100;

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
        }
        catch (ProblemException)
        {
            log.LogWarning("The certificates of organisations are looked at later: the trust lists cannot be had now");
            return 0;
        }

        var withdrawn = 0;
        for (Guid? after = null; ;)
        {
            var organisations = await database.Organisations.AsNoTracking().Where(o => o.EndedAt == null && (after == null || o.Id.CompareTo(after.Value) > 0)).OrderBy(o => o.Id).Take(Batch).ToListAsync(cancellationToken);
            withdrawn += await LookAsync(organisations, cancellationToken);
            if (organisations.Count < Batch)
            {
                await ReachedEndAsync(cancellationToken);
                return withdrawn;
            }

            after = organisations[^1].Id;
        }
    }

    private async Task<int> LookAsync(List<Organisation> organisations, CancellationToken cancellationToken)
    {
        var keys = organisations.ConvertAll(o => o.Id);
        var now = time.GetUtcNow();
        var proven = await database.Evidence.AsNoTracking()
            .Where(e => keys.Contains(e.SubjectId) && e.Kind == EvidenceKinds.EnterpriseCertificate && e.State == EvidenceState.Active && e.ReceiptCipher != null)
            .Select(e => e.SubjectId).Distinct().ToListAsync(cancellationToken);
        var withdrawn = 0;
        foreach (var organisation in organisations.Where(o => proven.Contains(o.Id)))
        {
            var standing = (await EvidenceWithdrawal.StandingAsync(database, organisation.Id, cancellationToken)).Where(e => e.Kind == EvidenceKinds.EnterpriseCertificate && !(e.ValidUntil <= now));
            foreach (var evidence in standing)
            {
                if (await proof.IsRevokedAsync(evidence, cancellationToken))
                {
                    database.Evidence.Add(EvidenceRecords.Withdrawal(evidence, EvidenceState.Revoked, Reason, evidence.AssuredBy, now));
                    SourceNotice.Add(database, $"{Mark}:{evidence.Id:N}", organisation.LegalRepresentativeId, SourceNotice.CertificateRevoked, now);
                    withdrawn++;
                }
            }

            await database.SaveChangesAsync(cancellationToken);
            database.ChangeTracker.Clear();
        }

        return withdrawn;
    }

    private async Task ReachedEndAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (await database.SourceCursors.Where(c => c.Authority == Mark).ExecuteUpdateAsync(c => c.SetProperty(x => x.ReachedEndAt, now), cancellationToken) == 0)
        {
            database.SourceCursors.Add(new SourceCursor { Authority = Mark, ReachedEndAt = now });
            await database.SaveChangesAsync(cancellationToken);
        }
    }
}
