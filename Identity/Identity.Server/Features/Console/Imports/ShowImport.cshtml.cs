using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Console.Withdrawals;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.Imports;

/// <summary>How far an import is, and the rows that were not taken, page by page. With script it moves by itself.</summary>
internal sealed class ShowImportModel(IdentityContext database, ImportSenders senders, TimeProvider time) : ConsolePage
{
    private const int PageSize = 50;

    /// <summary>The last row of the page before.</summary>
    [BindProperty(SupportsGet = true)]
    public long? After { get; set; }

    public Import Import { get; private set; } = null!;

    /// <summary>Who began it, in words.</summary>
    public string Sender { get; private set; } = "";

    public ImportState State { get; private set; }

    public IReadOnlyList<ImportRejection> Rejections { get; private set; } = [];

    public long? Next { get; private set; }

    /// <summary>The newest to take back what it brought, whatever became of it.</summary>
    public Proposal? Proposal { get; private set; }

    /// <summary>Null until one was approved.</summary>
    public ShownWithdrawal? Withdrawal { get; private set; }

    public bool MayPropose => Me.Holds(ConsoleRights.ProposeImportRecords) && Import.WithdrawnAt is null && Proposal is not { State: ProposalState.Pending };

    protected override IReadOnlyList<string> Readers => ConsoleRights.ReadImports;

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken)
    {
        if (!ModelState.IsValid)
        {
            return BadRequest();
        }

        if (await database.Imports.AsNoTracking().FirstOrDefaultAsync(i => i.Id == id, cancellationToken) is not { } import)
        {
            return NotFound();
        }

        (Import, State) = (import, ImportStates.Of(import, time.GetUtcNow()));
        Proposal = await database.Proposals.AsNoTracking().Where(p => p.SubjectId == id && p.Kind == ProposalKind.ImportRecords).OrderByDescending(p => p.Id).FirstOrDefaultAsync(cancellationToken);
        Withdrawal = Proposal is { State: ProposalState.Approved } approved && await database.WithdrawalRuns.AsNoTracking().FirstOrDefaultAsync(w => w.Id == approved.Id, cancellationToken) is { } run
            ? new ShownWithdrawal(run, Address: null) : null;
        Sender = (await senders.NamesAsync([import], cancellationToken))[import.StartedBy];
        var found = await database.ImportRejections.AsNoTracking().Where(r => r.ImportId == id && (After == null || r.Row > After)).OrderBy(r => r.Row).Take(PageSize + 1).ToListAsync(cancellationToken);
        Rejections = [.. found.Take(PageSize)];
        Next = found.Count > PageSize ? found[PageSize - 1].Row : null;
        return this.PageOrPart("/Features/Console/Imports/_Import.cshtml");
    }
}
