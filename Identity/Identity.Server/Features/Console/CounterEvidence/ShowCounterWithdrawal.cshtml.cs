using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Counter.Withdrawals;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.CounterEvidence;

/// <summary>What a proposal to take checks at counters back is about, and how far it is once it was approved. With script it moves by itself.</summary>
internal sealed class ShowCounterWithdrawalModel(IdentityContext database) : ConsolePage
{
    public Proposal Proposal { get; private set; } = null!;

    /// <summary>The one check; null where it is about an official's.</summary>
    public CounterCheck? Check { get; private set; }

    /// <summary>Whose checks; null where it is about one.</summary>
    public string? Official { get; private set; }

    /// <summary>How many checks would be looked at.</summary>
    public long Checks { get; private set; }

    /// <summary>Null until it was approved.</summary>
    public WithdrawalRun? Run { get; private set; }

    protected override IReadOnlyList<string> Readers => ConsoleRights.ReadProposals;

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await database.Proposals.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, cancellationToken) is not { Kind: ProposalKind.CounterRecord or ProposalKind.CounterRecords } proposal)
        {
            return NotFound();
        }

        Proposal = proposal;
        if (proposal.EvidenceId is { } evidence)
        {
            Check = await CounterCheck.LoadAsync(database, evidence, cancellationToken);
            return Page();
        }

        Official = await database.StaffMembers.Where(s => s.Id == proposal.SubjectId).Select(s => s.Name).FirstOrDefaultAsync(cancellationToken);
        Checks = await WithdrawnChecks.Of(database.Evidence, proposal.SubjectId, proposal.Since!.Value).LongCountAsync(cancellationToken);
        Run = await database.WithdrawalRuns.AsNoTracking().FirstOrDefaultAsync(w => w.Id == id, cancellationToken);
        return this.PageOrPart("/Features/Console/CounterEvidence/_CounterWithdrawal.cshtml");
    }
}
