using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;

namespace Yinxin.Identity.Server.Features.Console.Policies;

/// <summary>Two versions beside one another, line by line.</summary>
internal sealed class ComparePoliciesModel(IdentityContext database) : ConsolePage
{
    [BindProperty(SupportsGet = true)]
    public int From { get; set; }

    [BindProperty(SupportsGet = true)]
    public int To { get; set; }

    public IReadOnlyList<DiffLine> Lines { get; private set; } = [];

    protected override IReadOnlyList<string> Readers => ConsoleRights.ReadPolicies;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        int[] versions = [From, To];
        var found = await database.AssurancePolicyVersions.AsNoTracking().Where(p => versions.Contains(p.Version)).ToDictionaryAsync(p => p.Version, p => p.Document, cancellationToken);
        if (!ModelState.IsValid || !found.TryGetValue(From, out var from) || !found.TryGetValue(To, out var to))
        {
            return NotFound();
        }

        Lines = LineDiff.Of(PolicyText.Of(from), PolicyText.Of(to));
        return Page();
    }
}
