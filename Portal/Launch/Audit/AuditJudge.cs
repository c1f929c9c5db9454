using System.Globalization;
using System.Text.Json;
using Yinxin.Identity.Server;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Validation;

namespace Yinxin.Launch.Audit;

/// <summary>Verifies one database: the chain of the audit, each anchor against chain and timestamp authority, the evidence of every subject against its own chain and the audit, and every mandate against its records and the audit.</summary>
/// <param name="bundle">Whose timestamps count; without it anchors are compared with chain and clock, and the finding says that nobody vouches for them.</param>
internal sealed class AuditJudge(TrustBundle? bundle)
{
    /// <param name="name">What the finding calls the database.</param>
    /// <param name="provider"><c>sqlite</c> or <c>postgres</c>.</param>
    /// <param name="source">The file, or the connection.</param>
    /// <param name="head">What was noted of the chain's end outside the database; null when nothing is known.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<AuditFinding> JudgeAsync(string name, string provider, string source, AuditHead? head, CancellationToken cancellationToken)
    {
        await using var database = provider == "sqlite" ? AuditDatabase.OfFile(source) : AuditDatabase.OfPostgres(source);
        List<AuditFaultFound> faults = [];
        var (hasAnchors, hasEvidence) = (await database.HasTableAsync("AuditAnchors", cancellationToken), await database.HasTableAsync("Evidence", cancellationToken));
        if (!await database.HasTableAsync("AuditRecords", cancellationToken))
        {
            // Not every app has an audit; one that had it has it still.
            if (head is not null || hasAnchors || hasEvidence)
            {
                faults.Add(new AuditFaultFound("audit", "0", "missing"));
            }

            return new AuditFinding(name, 0, 0, null, null, faults, []);
        }

        var (records, broken) = await database.VerifyAsync(cancellationToken);
        faults.AddRange(broken.Select(f => new AuditFaultFound("audit", f.Sequence.ToString(CultureInfo.InvariantCulture), f.Kind)));

        List<string> unknown = [];
        if (head is null)
        {
            // Every app with an audit notes its end: where that is not at hand, nothing tells what was cut off, and be it all.
            unknown.Add(AuditFinding.NoHead);
        }

        if (head is not null && await database.HashAsync(head.Sequence, cancellationToken) is var now && now != head.Hash)
        {
            // What was cut off at the end leaves a chain that holds in itself.
            faults.Add(new AuditFaultFound("head", head.Sequence.ToString(CultureInfo.InvariantCulture), now is null ? "removed" : "rewritten"));
        }

        if (hasEvidence && !hasAnchors)
        {
            faults.Add(new AuditFaultFound("anchor", "0", "missing"));
        }

        var anchors = 0;
        if (hasAnchors)
        {
            (anchors, var unvouched, var findings) = await IdentityServerApp.VerifyAnchorsAsync(database, bundle is null ? null : ValidationMaterial.Of(bundle), cancellationToken);
            faults.AddRange(findings.Select(f => new AuditFaultFound(
                "anchor", f.Kind == AuditFaultFound.Gap ? string.Create(CultureInfo.InvariantCulture, $"{f.Sequence}-{f.Until}") : f.Sequence.ToString(CultureInfo.InvariantCulture), f.Kind)));
            if (unvouched)
            {
                unknown.Add(AuditFinding.NoBundle);
            }
        }

        long? evidence = null;
        if (hasEvidence)
        {
            (evidence, var findings) = await IdentityServerApp.VerifyEvidenceAsync(provider, source, cancellationToken);
            faults.AddRange(findings.Select(f => new AuditFaultFound("evidence", string.Create(CultureInfo.InvariantCulture, $"{f.Subject}:{f.Place}"), f.Kind)));
        }

        long? mandates = null;
        if (await database.HasTableAsync("Mandates", cancellationToken) && await database.HasTableAsync("MandateEvents", cancellationToken))
        {
            try
            {
                (mandates, var findings) = await IdentityServerApp.VerifyMandatesAsync(provider, source, cancellationToken);
                faults.AddRange(findings.Select(f => new AuditFaultFound("mandate", string.Create(CultureInfo.InvariantCulture, $"{f.Mandate}:{f.Place}"), f.Kind)));
            }
            catch (Exception e) when (e is InvalidOperationException or FormatException or InvalidCastException or JsonException)
            {
                // Somebody wrote into a column what no server writes: all else that was found is still to be said.
                faults.Add(new AuditFaultFound("mandate", "0", "unreadable"));
            }
        }
        else if (hasEvidence)
        {
            // The app that keeps evidence keeps mandates.
            faults.Add(new AuditFaultFound("mandate", "0", "missing"));
        }

        // An app with evidence notes at its first start already that there is none of an earlier release.
        if (records == 0 && broken.Count == 0 && (hasEvidence || anchors > 0))
        {
            faults.Add(new AuditFaultFound("audit", "0", "emptied"));
        }

        return new AuditFinding(name, records, anchors, evidence, mandates, faults, unknown);
    }
}
