using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;

namespace Yinxin.Identity.Server.Features.Console.Policies;

/// <summary>All versions, the newest first, page by page behind a key.</summary>
internal sealed class ListPoliciesModel(IdentityContext database) : ConsolePage
{
    private const int PageSize = 20;

    [BindProperty(SupportsGet = true)]
    public int? Before { get; set; }

    public IReadOnlyList<AssurancePolicyVersion> Items { get; private set; } = [];

    public int? Next { get; private set; }

    protected override IReadOnlyList<string> Readers => ConsoleRights.ReadPolicies;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (!ModelState.IsValid)
        {
            return BadRequest();
        }

        var found = await database.AssurancePolicyVersions.AsNoTracking().Where(p => Before == null || p.Version < Before)
            .OrderByDescending(p => p.Version).Take(PageSize + 1).ToListAsync(cancellationToken);
        Items = [.. found.Take(PageSize)];
        Next = found.Count > PageSize ? found[PageSize - 1].Version : null;
        return Page();
    }
}
