using Microsoft.AspNetCore.Mvc;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Console.FourEyes;
using Yinxin.Identity.Server.Features.Counter.Withdrawals;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Console.CounterEvidence;

/// <summary>Proposes to take one check at a counter back, of a person or of an organisation.</summary>
internal sealed class ProposeCounterRecordModel(IdentityContext database, WithdrawnChecks checks, Proposals proposals) : ConsolePage
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public string? Explanation { get; set; }

    public CounterCheck Check { get; private set; } = null!;

    /// <summary>Whether it still carries something.</summary>
    public bool Stands { get; private set; }

    protected override IReadOnlyList<string> Readers => ConsoleRights.ProposeCounterRecord;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) => await ReadAsync(cancellationToken) is null ? NotFound() : Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (await ReadAsync(cancellationToken) is not { } account)
        {
            return NotFound();
        }

        if (!Stands)
        {
            return Refuse("", WithdrawnChecks.NotStanding);
        }

        if (!CounterReasons.All.Contains(Reason ?? "", StringComparer.Ordinal))
        {
            return Refuse(nameof(Reason), CounterReasons.NoReason);
        }

        if (LastingText.Fault(Explanation, 5, 500, CounterReasons.NoExplanation) is { } fault)
        {
            return Refuse(nameof(Explanation), fault);
        }

        try
        {
            var made = await proposals.ProposeAsync(Me, new Wish(ProposalKind.CounterRecord, account, Reason!, Explanation!.Trim(), Evidence: Id), cancellationToken);
            return LocalRedirect($"/console/proposals/{made.Id}");
        }
        catch (ProblemException e) when (e.Problem.Status is 409 or 403 or 404)
        {
            return Refuse("", e.Problem);
        }
    }

    /// <returns>The account concerned; null where there is no such check.</returns>
    private async Task<Guid?> ReadAsync(CancellationToken cancellationToken)
    {
        if (await CounterCheck.LoadAsync(database, Id, cancellationToken) is not { Subject: { } subject } check)
        {
            return null;
        }

        Check = check;
        Stands = await checks.FindAsync(Id, cancellationToken) is not null;
        return subject.Id;
    }
}
