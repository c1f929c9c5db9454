using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.AuditAnchors;
using Yinxin.Identity.Server.Features.Organisations.Certificates;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.Trust.Validation;

namespace Yinxin.Identity.Server.Features.Console.AuditSearch;

/// <summary>
/// What a chain cannot tell of itself, judged as <c>yinxin audit verify</c> judges it: the end that was noted outside the database, and the timestamps. The command trusts no server;
/// this is the server's own word, quick to have.
/// </summary>
internal sealed class AuditWitnesses(IdentityContext database, TrustMaterial trust, IOptions<AppSettings> app)
{
    /// <summary>Before what could not be looked at.</summary>
    public const string Unknown = "unknown.";

    /// <returns>The first thing that is wrong and its record, or what could not be looked at, without one; null when all agree.</returns>
    public async Task<(string Kind, long? At)?> FirstFaultAsync(CancellationToken cancellationToken)
    {
        var (head, damaged) = Head();
        if (damaged)
        {
            // Nobody but the server writes it, and it puts a whole one in the place of the former.
            return ("head.unreadable", 0);
        }

        if (head is not null)
        {
            var now = await database.Set<AuditRecord>().Where(r => r.Sequence == head.Sequence).Select(r => r.Hash).FirstOrDefaultAsync(cancellationToken);
            if (now != head.Hash)
            {
                return (now is null ? "head.removed" : "head.rewritten", head.Sequence);
            }
        }

        var anchored = await database.Set<AuditAnchor>().AnyAsync(cancellationToken);
        var verdict = await new AnchorJudge(database, anchored ? await MaterialAsync(cancellationToken) : null).JudgeAsync(cancellationToken);
        // A gap of long ago stays for ever: it hides neither what is worse nor the newest one.
        var worst = verdict.Faults.FirstOrDefault(f => f.Kind != AnchorFault.Gap) ?? verdict.Faults.MaxBy(f => f.Sequence);
        return worst is not null ? ("anchor." + worst.Kind.Split('.')[0], worst.Sequence)
            : head is null ? (Unknown + "head", null)
            : verdict.Unvouched ? (Unknown + "bundle", null)
            : null;
    }

    /// <summary>Of this node's directory and of this database; null when there is none, and whether there is one that says nothing.</summary>
    private (AuditHead? Head, bool Damaged) Head()
    {
        try
        {
            var head = AuditHead.Read(Path.Combine(app.Value.DataDirectory, AuditHead.FileName));
            return (head?.Database == database.Database.GetDbConnection().Database ? head : null, false);
        }
        catch (InvalidDataException)
        {
            return (null, true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, false);
        }
    }

    private async Task<ValidationMaterial?> MaterialAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await trust.CurrentAsync(cancellationToken);
        }
        catch (ProblemException)
        {
            return null;
        }
    }
}
