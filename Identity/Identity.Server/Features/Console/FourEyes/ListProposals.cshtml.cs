using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Console.Accounts;

namespace Yinxin.Identity.Server.Features.Console.FourEyes;

/// <summary>Proposals of one state, newest first, page by page behind a key.</summary>
internal sealed class ListProposalsModel(IdentityContext database) : ConsolePage
{
    private const int PageSize = 20;

    [BindProperty(SupportsGet = true)]
    public ProposalState State { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid? Before { get; set; }

    public IReadOnlyList<(Proposal Proposal, MaskedAccount Subject, string ProposedBy)> Items { get; private set; } = [];

    public Guid? Next { get; private set; }

    protected override IReadOnlyList<string> Readers => ConsoleRights.ReadProposals;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (!ModelState.IsValid || !Enum.IsDefined(State))
        {
            return BadRequest();
        }

        var page = database.Proposals.AsNoTracking().Where(p => p.State == State && (Before == null || p.Id.CompareTo(Before.Value) < 0));
        var found = await page.OrderByDescending(p => p.Id).Take(PageSize + 1).ToListAsync(cancellationToken);
        var shown = found.Take(PageSize).ToList();
        var keys = shown.SelectMany(p => new[] { p.SubjectId, p.ProposedBy }).Distinct().ToArray();
        var accounts = await database.Users.AsNoTracking().Include(a => a.Person).Include(a => a.StaffMember).Where(a => keys.Contains(a.Id)).ToDictionaryAsync(a => a.Id, cancellationToken);
        Items = [.. shown.Select(p => (p, MaskedAccount.Of(accounts[p.SubjectId]), accounts[p.ProposedBy].DisplayName))];
        Next = found.Count > PageSize ? shown[^1].Id : null;
        return Page();
    }
}
