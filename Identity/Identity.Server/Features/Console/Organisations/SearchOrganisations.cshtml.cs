using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Console.Organisations;

/// <summary>Finds an organisation by its credit code, or by the beginning of its name, page by page; both are public.</summary>
internal sealed class SearchOrganisationsModel(IdentityContext database, IAuditTrail audit) : ConsolePage
{
    private const int PageSize = 20;
    private const int LeastOfName = 2;
    private static readonly Problem NoCode = new("console.organisation.uscc", 422, "请填写 18 位统一社会信用代码。", "Enter the credit code's 18 characters.");
    private static readonly Problem NoName = new("console.organisation.name", 422, "请填写名称开头的 2 至 100 个字。", "Enter the first 2 to 100 characters of the name.");
    private static readonly Problem Nothing = new("console.organisation.empty", 422, "请填写统一社会信用代码，或名称的开头。", "Enter the credit code, or the beginning of the name.");
    private static readonly Problem BadPage = new("console.page", 422, "分页参数不正确。", "The page's key is not valid.");

    [BindProperty]
    public string? Uscc { get; set; }

    /// <summary>The beginning of the name; not asked for where there is a code.</summary>
    [BindProperty, StringLength(100)]
    public string? Name { get; set; }

    /// <summary>The page after this organisation; posted with the name it belongs to.</summary>
    [BindProperty]
    public Guid? After { get; set; }

    public bool Searched { get; private set; }

    public IReadOnlyList<Organisation> Items { get; private set; } = [];

    public Guid? Next { get; private set; }

    protected override IReadOnlyList<string> Readers => ConsoleRights.SearchAccounts;

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!ModelState.IsValid)
        {
            var badName = ModelState.TryGetValue(nameof(Name), out var name) && name.Errors.Count > 0;
            ModelState.Clear();
            return badName ? Refuse(nameof(Name), NoName) : Refuse("", BadPage);
        }

        var (code, beginning) = ((Uscc ?? "").Trim().ToUpperInvariant(), (Name ?? "").Trim());
        if (code.Length > 0)
        {
            return code.Length == 18 ? await ByCodeAsync(code, cancellationToken) : Refuse(nameof(Uscc), NoCode);
        }

        return beginning.Length == 0 ? Refuse(nameof(Uscc), Nothing)
            : beginning.Length < LeastOfName ? Refuse(nameof(Name), NoName)
            : await ByNameAsync(beginning, cancellationToken);
    }

    private async Task<IActionResult> ByCodeAsync(string code, CancellationToken cancellationToken)
    {
        var found = await database.Organisations.Where(o => o.Uscc == code).Select(o => (Guid?)o.Id).FirstOrDefaultAsync(cancellationToken);

        // Somebody's ID number has as many characters: what is no code stands in the audit for good nowhere.
        var noted = found is not null || UnifiedSocialCreditCode.TryParse(code, out _) ? code : null;
        audit.Add(new AuditEntry("organisation.searched", found?.ToString(), Me.Id.ToString(), Me.Name, new { uscc = noted }));
        await database.SaveChangesAsync(cancellationToken);
        Searched = true;
        return found is { } id ? LocalRedirect($"/console/organisations/{id}") : Page();
    }

    private async Task<IActionResult> ByNameAsync(string beginning, CancellationToken cancellationToken)
    {
        Organisation? after = null;
        if (After is { } key)
        {
            after = await database.Organisations.AsNoTracking().FirstOrDefaultAsync(o => o.Id == key, cancellationToken);
            if (after is null || !after.Name.StartsWith(beginning, StringComparison.Ordinal))
            {
                return Refuse("", BadPage);
            }
        }

        var found = await OrganisationNames.Beginning(database, beginning, after).Take(PageSize + 1).ToListAsync(cancellationToken);
        Items = [.. found.Take(PageSize)];
        Next = found.Count > PageSize ? Items[^1].Id : null;

        // Not what was typed: it may be a person's name, and stays for good.
        audit.Add(new AuditEntry("organisation.searched", Items is [var only] ? only.Id.ToString() : null, Me.Id.ToString(), Me.Name, new { by = nameof(Name), found = Items.Count, after = After }));
        await database.SaveChangesAsync(cancellationToken);
        Searched = true;
        return Page();
    }
}
