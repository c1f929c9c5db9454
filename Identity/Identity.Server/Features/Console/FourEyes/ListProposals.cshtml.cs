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

    /// <summary>With whom each is about: a person masked, an official, an organisation with its number, or the source of an import.</summary>
    public IReadOnlyList<(Proposal Proposal, string Subject, string? Number, string ProposedBy)> Items { get; private set; } = [];

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
        var organisations = await database.Organisations.AsNoTracking().Where(o => keys.Contains(o.Id)).ToDictionaryAsync(o => o.Id, cancellationToken);
        var imports = await database.Imports.AsNoTracking().Where(i => keys.Contains(i.Id)).ToDictionaryAsync(i => i.Id, i => i.Source, cancellationToken);
        Items =
        [
            .. shown.Select(p => p.Kind == ProposalKind.ImportRecords
                ? (p, imports[p.SubjectId], null, accounts[p.ProposedBy].DisplayName)
                : Of(p, organisations.GetValueOrDefault(p.SubjectId), accounts.GetValueOrDefault(p.SubjectId), accounts[p.ProposedBy].DisplayName)),
        ];
        Next = found.Count > PageSize ? shown[^1].Id : null;
        return Page();
    }

    private static (Proposal Proposal, string Subject, string? Number, string ProposedBy) Of(Proposal proposal, Organisation? organisation, Account? account, string proposedBy)
    {
        if (organisation is not null)
        {
            return (proposal, organisation.Name, organisation.Uscc, proposedBy);
        }

        var subject = MaskedAccount.Of(account!);
        return (proposal, subject.Name, subject.IdNumber, proposedBy);
    }
}
