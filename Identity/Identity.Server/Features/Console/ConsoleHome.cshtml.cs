using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;

namespace Yinxin.Identity.Server.Features.Console;

/// <summary>What the official may do here, and what waits.</summary>
internal sealed class ConsoleHomeModel(IdentityContext database) : ConsolePage
{
    public int Pending { get; private set; }

    public int Disputes { get; private set; }

    protected override IReadOnlyList<string> Readers => ConsoleRights.Enter;

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Me.Holds(ConsoleRights.ReadProposals))
        {
            Pending = await database.Proposals.CountAsync(p => p.State == ProposalState.Pending, cancellationToken);
        }

        if (Me.Holds(ConsoleRights.ReadDisputes))
        {
            Disputes = await database.Disputes.CountAsync(d => d.State == DisputeState.Open, cancellationToken);
        }
    }
}
