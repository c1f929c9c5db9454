using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Yinxin.Identity.Server;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;
using Yinxin.Trust.Validation;

namespace Yinxin.Launch.Audit;

/// <summary>Verifies one database: the chain of the audit, each anchor against chain and timestamp authority, and the evidence of every subject.</summary>
/// <param name="bundle">Whose timestamps count; without it anchors are compared with the chain and nothing is said of who stamped them.</param>
internal sealed class AuditJudge(TrustBundle? bundle)
{
    public async Task<AuditFinding> JudgeAsync(string name, string provider, string source, CancellationToken cancellationToken)
    {
        await using var database = provider == "sqlite" ? AuditDatabase.OfFile(source) : AuditDatabase.OfPostgres(source);
        List<AuditFaultFound> faults = [];
        if (!await database.HasTableAsync("AuditRecords", cancellationToken))
        {
            return new AuditFinding(name, 0, 0, null, faults);
        }

        var (records, fault) = await database.VerifyAsync(cancellationToken);
        if (fault is not null)
        {
            faults.Add(new AuditFaultFound("audit", fault.Sequence.ToString(CultureInfo.InvariantCulture), fault.Kind));
        }

        var anchors = await database.HasTableAsync("AuditAnchors", cancellationToken) ? await AnchorsAsync(database, faults, cancellationToken) : 0;
        long? evidence = null;
        if (await database.HasTableAsync("Evidence", cancellationToken))
        {
            (evidence, var findings) = await IdentityServerApp.VerifyEvidenceAsync(provider, source, cancellationToken);
            faults.AddRange(findings.Select(f => new AuditFaultFound("evidence", string.Create(CultureInfo.InvariantCulture, $"{f.Subject}:{f.Place}"), f.Kind)));
        }

        return new AuditFinding(name, records, anchors, evidence, faults);
    }

    private async Task<int> AnchorsAsync(AuditDatabase database, List<AuditFaultFound> faults, CancellationToken cancellationToken)
    {
        var good = 0;
        await foreach (var (anchor, hash) in database.Anchors().WithCancellation(cancellationToken))
        {
            if (FaultOf(anchor, hash) is { } kind)
            {
                faults.Add(new AuditFaultFound("anchor", anchor.Sequence.ToString(CultureInfo.InvariantCulture), kind));
            }
            else
            {
                good++;
            }
        }

        return good;
    }

    private string? FaultOf(AuditAnchor anchor, string? now)
    {
        // A chain that was written anew from the beginning holds in itself; it does not lead to what was stamped.
        if (now != anchor.Hash)
        {
            return now is null ? "removed" : "rewritten";
        }

        try
        {
            var token = TimestampToken.Read(anchor.Token);
            var digest = token.ImprintHash.Hash(Encoding.ASCII.GetBytes(anchor.Hash));
            if (bundle is null)
            {
                return CryptographicOperations.FixedTimeEquals(digest, token.Imprint.Span) ? null : "timestamp.imprint";
            }

            return token.VerifyDigest(token.ImprintHash, digest, ValidationMaterial.Of(bundle)).FirstOrDefault(c => c.Outcome == Outcome.Failed)?.Code;
        }
        catch (CryptographicException)
        {
            return "timestamp.unreadable";
        }
    }
}
