using System.Globalization;
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
        var found = new AuditFinding(name);
        try
        {
            await LookAsync(found, provider, source, head, cancellationToken);
        }
        catch (Exception e) when (UnreadData.Loss(e) is { } loss)
        {
            // What was found stays found. Of what was not read nobody may say that it is whole, nor that somebody touched it.
            found.Lost = loss.Message;
        }

        return found;
    }

    private async Task LookAsync(AuditFinding found, string provider, string source, AuditHead? head, CancellationToken cancellationToken)
    {
        await using var database = provider == "sqlite" ? AuditDatabase.OfFile(source) : AuditDatabase.OfPostgres(source);
        var (hasAnchors, hasEvidence) = (await database.HasTableAsync("AuditAnchors", cancellationToken), await database.HasTableAsync("Evidence", cancellationToken));
        if (!await database.HasTableAsync("AuditRecords", cancellationToken))
        {
            // Not every app has an audit; one that had it has it still.
            if (head is not null || hasAnchors || hasEvidence)
            {
                found.Add("audit", "0", "missing");
            }

            return;
        }

        var whole = false;
        await ReadAsync(found, "audit", async () =>
        {
            (found.Records, var broken) = await database.VerifyAsync(cancellationToken);
            whole = broken.Count == 0;
            found.Add(broken.Select(f => new AuditFaultFound("audit", f.Sequence.ToString(CultureInfo.InvariantCulture), f.Kind)));
        });

        if (head is null)
        {
            // Every app with an audit notes its end: where that is not at hand, nothing tells what was cut off, and be it all.
            found.CannotTell(AuditFinding.NoHead);
        }
        else
        {
            await ReadAsync(found, "head", async () =>
            {
                if (await database.HashAsync(head.Sequence, cancellationToken) is var now && now != head.Hash)
                {
                    // What was cut off at the end leaves a chain that holds in itself.
                    found.Add("head", head.Sequence.ToString(CultureInfo.InvariantCulture), now is null ? "removed" : "rewritten");
                }
            });
        }

        if (hasAnchors)
        {
            await ReadAsync(found, "anchor", async () =>
            {
                (found.Anchors, var unvouched, var findings) = await IdentityServerApp.VerifyAnchorsAsync(database, bundle is null ? null : ValidationMaterial.Of(bundle), cancellationToken);
                found.Add(findings.Select(f => new AuditFaultFound(
                    "anchor", f.Kind == AuditFaultFound.Gap ? string.Create(CultureInfo.InvariantCulture, $"{f.Sequence}-{f.Until}") : f.Sequence.ToString(CultureInfo.InvariantCulture), f.Kind)));
                if (unvouched)
                {
                    found.CannotTell(AuditFinding.NoBundle);
                }
            });
        }
        else if (hasEvidence)
        {
            found.Add("anchor", "0", "missing");
        }

        if (hasEvidence)
        {
            await ReadAsync(found, "evidence", async () =>
            {
                (found.Evidence, var findings) = await IdentityServerApp.VerifyEvidenceAsync(provider, source, cancellationToken);
                found.Add(findings.Select(f => new AuditFaultFound("evidence", string.Create(CultureInfo.InvariantCulture, $"{f.Subject}:{f.Place}"), f.Kind)));
            });
        }

        if (await database.HasTableAsync("Mandates", cancellationToken) && await database.HasTableAsync("MandateEvents", cancellationToken))
        {
            await ReadAsync(found, "mandate", async () =>
            {
                (found.Mandates, var findings) = await IdentityServerApp.VerifyMandatesAsync(provider, source, cancellationToken);
                found.Add(findings.Select(f => new AuditFaultFound("mandate", string.Create(CultureInfo.InvariantCulture, $"{f.Mandate}:{f.Place}"), f.Kind)));
            });
        }
        else if (hasEvidence)
        {
            // The app that keeps evidence keeps mandates.
            found.Add("mandate", "0", "missing");
        }

        // An app with evidence notes at its first start already that there is none of an earlier release.
        if (found.Records == 0 && whole && (hasEvidence || found.Anchors > 0))
        {
            found.Add("audit", "0", "emptied");
        }
    }

    private static async Task ReadAsync(AuditFinding found, string what, Func<Task> read)
    {
        try
        {
            await read();
        }
        catch (Exception e) when (UnreadData.IsUnreadable(e))
        {
            // Somebody wrote into a column what no server writes, or took the column away: all else that is found is still to be said.
            found.Add(what, "0", "unreadable");
        }
    }
}
