using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Console.Organisations;

/// <summary>Finds an organisation by its credit code, which is public.</summary>
internal sealed class SearchOrganisationsModel(IdentityContext database, IAuditTrail audit) : ConsolePage
{
    private static readonly Problem NoCode = new("console.organisation.uscc", 422, "请填写 18 位统一社会信用代码。", "Enter the credit code's 18 characters.");

    [BindProperty]
    public string? Uscc { get; set; }

    public bool Searched { get; private set; }

    protected override IReadOnlyList<string> Readers => ConsoleRights.SearchAccounts;

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var code = (Uscc ?? "").Trim().ToUpperInvariant();
        if (code.Length != 18)
        {
            return Refuse(nameof(Uscc), NoCode);
        }

        var found = await database.Organisations.Where(o => o.Uscc == code).Select(o => (Guid?)o.Id).FirstOrDefaultAsync(cancellationToken);
        audit.Add(new AuditEntry("organisation.searched", found?.ToString(), Me.Id.ToString(), Me.Name, new { uscc = code }));
        await database.SaveChangesAsync(cancellationToken);
        Searched = true;
        return found is { } id ? LocalRedirect($"/console/organisations/{id}") : Page();
    }
}
