using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Console.Accounts;

namespace Yinxin.Identity.Server.Features.Console.Staff;

/// <summary>Officials, newest first, page by page behind a key.</summary>
internal sealed class ListStaffModel(IdentityContext database) : ConsolePage
{
    private const int PageSize = 30;

    [BindProperty(SupportsGet = true)]
    public Guid? Before { get; set; }

    public IReadOnlyList<(StaffMember Member, MaskedAccount Account)> Items { get; private set; } = [];

    public Guid? Next { get; private set; }

    protected override IReadOnlyList<string> Readers => ConsoleRights.ReadStaff;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (!ModelState.IsValid)
        {
            return BadRequest();
        }

        var found = await database.Users.AsNoTracking().Include(a => a.StaffMember)
            .Where(a => a.Kind == AccountKind.Staff && (Before == null || a.Id.CompareTo(Before.Value) < 0))
            .OrderByDescending(a => a.Id).Take(PageSize + 1).ToListAsync(cancellationToken);
        Items = [.. found.Take(PageSize).Select(a => (a.StaffMember!, MaskedAccount.Of(a)))];
        Next = found.Count > PageSize ? found[PageSize - 1].Id : null;
        return Page();
    }
}
