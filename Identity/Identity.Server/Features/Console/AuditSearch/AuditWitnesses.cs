using System.Globalization;
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
internal sealed class AuditWitnesses(IdentityContext database, TrustMaterial trust, GapExplanations explanations, IOptions<AppSettings> app)
{
    /// <summary>Before what could not be looked at.</summary>
    public const string Unknown = "unknown.";

    /// <summary>Before how many gaps there are that an auditor explained, where nothing is wrong beside them.</summary>
    public const string KnownGaps = "known.gap.";

    /// <summary>A gap that nobody explained.</summary>
    public const string OpenGap = Anchor + AnchorFault.Gap;

    private const string Anchor = "anchor.";

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

        var verdict = await JudgeAsync(cancellationToken);
        List<AnchorFault> gaps = [.. verdict.Faults.Where(f => f.Kind == AnchorFault.Gap)];
        var explained = await explanations.OfAsync(gaps, cancellationToken);
        // A gap of long ago stays for ever: it hides neither what is worse nor the newest one, and none that was explained any other.
        var worst = verdict.Faults.FirstOrDefault(f => f.Kind != AnchorFault.Gap) ?? gaps.Except(explained).MaxBy(f => f.Sequence);
        return worst is not null ? (Anchor + worst.Kind.Split('.')[0], worst.Sequence)
            : head is null ? (Unknown + "head", null)
            : verdict.Unvouched ? (Unknown + "bundle", null)
            : explained.Count > 0 ? (KnownGaps + explained.Count.ToString(CultureInfo.InvariantCulture), explained.Max(f => f.Sequence))
            : null;
    }

    /// <summary>Whether there is this gap at this moment, with this end, and nobody explained it yet.</summary>
    public async Task<bool> HasOpenGapAsync(long from, long until, CancellationToken cancellationToken) =>
        !await explanations.IsExplainedAsync(from, until, cancellationToken)
        && (await JudgeAsync(cancellationToken)).Faults.Any(f => f.Kind == AnchorFault.Gap && f.Sequence == from && f.Until == until);

    private async Task<AnchorVerdict> JudgeAsync(CancellationToken cancellationToken)
    {
        var anchored = await database.Set<AuditAnchor>().AnyAsync(cancellationToken);
        return await new AnchorJudge(database, anchored ? await MaterialAsync(cancellationToken) : null).JudgeAsync(cancellationToken);
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
