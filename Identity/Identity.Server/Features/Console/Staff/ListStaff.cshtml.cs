using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Console.Accounts;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.Staff;

/// <summary>Officials, newest first, page by page behind a key; all, or those looked for. What is looked for travels in the form's body, never in an address.</summary>
internal sealed class ListStaffModel(IdentityContext database) : ConsolePage
{
    private const int PageSize = 30;
    private static readonly Problem BadSearch = new("console.staff.search", 422, "查询条件不正确，每项不超过 100 字。", "The search is not valid; each part has up to 100 characters.");

    [BindProperty(SupportsGet = true)]
    public Guid? Before { get; set; }

    [BindProperty, StringLength(100)]
    public string? UserName { get; set; }

    [BindProperty, StringLength(100)]
    public string? Name { get; set; }

    /// <summary>A part of its name, or its whole credit code.</summary>
    [BindProperty, StringLength(100)]
    public string? Department { get; set; }

    [BindProperty]
    public string? Role { get; set; }

    [BindProperty]
    public StaffState? State { get; set; }

    /// <summary>Whether anything was looked for.</summary>
    public bool Searched { get; private set; }

    public IReadOnlyList<(StaffMember Member, MaskedAccount Account)> Items { get; private set; } = [];

    public Guid? Next { get; private set; }

    protected override IReadOnlyList<string> Readers => ConsoleRights.ReadStaff;

    public static Dictionary<string, string> Roles(ITexts texts)
    {
        Dictionary<string, string> choices = new(StringComparer.Ordinal) { [""] = texts.Of("全部", "any") };
        foreach (var role in OfficialRoles.All)
        {
            choices[role] = RoleWords.Of(texts, role);
        }

        return choices;
    }

    public static Dictionary<string, string> States(ITexts texts) => new(StringComparer.Ordinal)
    {
        [""] = texts.Of("全部", "any"),
        [nameof(StaffState.InUse)] = texts.Of("正常", "In use"),
        [nameof(StaffState.Frozen)] = texts.Of("已冻结", "Frozen"),
        [nameof(StaffState.Closed)] = texts.Of("已停用", "Closed"),
    };

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (!ModelState.IsValid)
        {
            return BadRequest();
        }

        await ReadAsync(new StaffSearch(null, null, null, null, null), cancellationToken);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!ModelState.IsValid || (State is { } state && !Enum.IsDefined(state)) || (!string.IsNullOrEmpty(Role) && !OfficialRoles.All.Contains(Role, StringComparer.Ordinal)))
        {
            ModelState.Clear();
            Before = null;
            await ReadAsync(new StaffSearch(null, null, null, null, null), cancellationToken);
            return Refuse("", BadSearch);
        }

        var search = new StaffSearch(UserName, Name, Department, Role, State);
        await ReadAsync(search, cancellationToken);
        Searched = !search.IsEmpty;
        return Page();
    }

    private async Task ReadAsync(StaffSearch search, CancellationToken cancellationToken)
    {
        var found = await search.In(database).Where(a => Before == null || a.Id.CompareTo(Before.Value) < 0).OrderByDescending(a => a.Id).Take(PageSize + 1).ToListAsync(cancellationToken);
        Items = [.. found.Take(PageSize).Select(a => (a.StaffMember!, MaskedAccount.Of(a)))];
        Next = found.Count > PageSize ? found[PageSize - 1].Id : null;
    }
}
