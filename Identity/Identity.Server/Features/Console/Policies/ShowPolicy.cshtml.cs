using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Administration;
using Yinxin.Identity.Server.Features.Assurance.Policy;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Strengthening;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Console.Policies;

/// <summary>One version: its document, its runs; a dry run, and by a second security administrator the activation.</summary>
internal sealed class ShowPolicyModel(IdentityContext database, AssurancePolicies policies, PolicyAdministration administration) : ConsolePage
{
    private const int MostRuns = 10;

    [BindProperty(SupportsGet = true)]
    public int Version { get; set; }

    public AssurancePolicyVersion Policy { get; private set; } = null!;

    public string Text { get; private set; } = "";

    public int InForce { get; private set; }

    public string ProposedBy { get; private set; } = "";

    public string? ActivatedBy { get; private set; }

    public IReadOnlyList<Regrading> Runs { get; private set; } = [];

    protected override IReadOnlyList<string> Readers => ConsoleRights.ReadPolicies;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) => await ReadAsync(cancellationToken) ? Page() : NotFound();

    public async Task<IActionResult> OnPostDryRunAsync(CancellationToken cancellationToken)
    {
        Demand(ConsoleRights.WritePolicies);
        return await RunAsync(() => administration.DryRunAsync(Me.Session, Version, cancellationToken), cancellationToken);
    }

    public async Task<IActionResult> OnPostActivateAsync(CancellationToken cancellationToken)
    {
        Demand(ConsoleRights.WritePolicies);
        return await RunAsync(() => administration.ActivateAsync(Me.Session, Version, cancellationToken), cancellationToken);
    }

    private async Task<IActionResult> RunAsync(Func<Task<Regrading>> run, CancellationToken cancellationToken)
    {
        if (!await ReadAsync(cancellationToken))
        {
            return NotFound();
        }

        try
        {
            return LocalRedirect($"/console/runs/{(await run()).Id}");
        }
        catch (ProblemException e) when (e.Problem == PolicyProblems.NotRecent)
        {
            return LocalRedirect(ConfirmAddress.Of(Me.Session, $"/console/policies/{Version}"));
        }
        catch (ProblemException e)
        {
            return Refuse("", e.Problem);
        }
    }

    private async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (await database.AssurancePolicyVersions.AsNoTracking().FirstOrDefaultAsync(p => p.Version == Version, cancellationToken) is not { } found)
        {
            return false;
        }

        (Policy, Text) = (found, PolicyText.Of(found.Document));
        InForce = (await policies.InForceAsync(database, cancellationToken)).Version;
        ProposedBy = await NameAsync(found.ProposedBy, cancellationToken);
        ActivatedBy = found.ActivatedBy is { } by ? await NameAsync(by, cancellationToken) : null;
        Runs = await database.Regradings.AsNoTracking().Where(r => r.PolicyVersion == Version).OrderByDescending(r => r.StartedAt).Take(MostRuns).ToListAsync(cancellationToken);
        return true;
    }

    private async Task<string> NameAsync(string by, CancellationToken cancellationToken) => Guid.TryParse(by, out var id)
        ? await database.StaffMembers.Where(s => s.Id == id).Select(s => s.Name).FirstOrDefaultAsync(cancellationToken) ?? by : by;
}
