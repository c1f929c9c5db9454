using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Console.CounterEvidence;
using Yinxin.Identity.Server.Features.Console.FourEyes;
using Yinxin.Identity.Server.Features.Imports.Withdrawals;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Console.Imports;

/// <summary>Proposes to take back all evidence that one import brought, also while it is being sent.</summary>
internal sealed class ProposeImportWithdrawalModel(IdentityContext database, Proposals proposals) : ConsolePage
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public string? Explanation { get; set; }

    public Import Import { get; private set; } = null!;

    public long Accounts { get; private set; }

    public long Records { get; private set; }

    protected override IReadOnlyList<string> Readers => ConsoleRights.ProposeImportRecords;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) => await ReadAsync(cancellationToken) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!await ReadAsync(cancellationToken))
        {
            return NotFound();
        }

        if (!ImportReasons.All.Contains(Reason ?? "", StringComparer.Ordinal))
        {
            return Refuse(nameof(Reason), CounterReasons.NoReason);
        }

        if (LastingText.Fault(Explanation, 5, 500, CounterReasons.NoExplanation) is { } fault)
        {
            return Refuse(nameof(Explanation), fault);
        }

        try
        {
            var made = await proposals.ProposeAsync(Me, new Wish(ProposalKind.ImportRecords, Id, Reason!, Explanation!.Trim()), cancellationToken);
            return LocalRedirect($"/console/proposals/{made.Id}");
        }
        catch (ProblemException e) when (e.Problem.Status is 409 or 403)
        {
            return Refuse("", e.Problem);
        }
    }

    private async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (await database.Imports.AsNoTracking().FirstOrDefaultAsync(i => i.Id == Id, cancellationToken) is not { } import)
        {
            return false;
        }

        Import = import;
        (Accounts, Records) = await WithdrawnImports.CountAsync(database, Id, cancellationToken);
        return true;
    }
}
