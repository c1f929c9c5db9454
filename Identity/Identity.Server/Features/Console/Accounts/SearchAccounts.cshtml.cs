using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.Accounts;

/// <summary>Search by a whole number or name. The value travels in the form's body, never in an address that a log would keep.</summary>
internal sealed class SearchAccountsModel(NotedSearches searches) : ConsolePage
{
    private static readonly Problem NoText = new("console.search.empty", 422, "请填写完整的号码、姓名或用户名。", "Enter the whole number, name or user name.");
    private static readonly Problem BadPage = new("console.page", 422, "分页参数不正确。", "The page's key is not valid.");

    [BindProperty(SupportsGet = true)]
    public SearchBy By { get; set; }

    [BindProperty, StringLength(100)]
    public string? Text { get; set; }

    /// <summary>The page after this account; posted with the value it belongs to, but for the list of frozen accounts.</summary>
    [BindProperty(SupportsGet = true)]
    public Guid? After { get; set; }

    /// <summary>Null before a search.</summary>
    public IReadOnlyList<MaskedAccount>? Items { get; private set; }

    public Guid? Next { get; private set; }

    protected override IReadOnlyList<string> Readers => ConsoleRights.SearchAccounts;

    public Dictionary<string, string> Choices(ITexts texts) => new(StringComparer.Ordinal)
    {
        [nameof(SearchBy.IdNumber)] = texts.Of("身份证号", "ID number"),
        [nameof(SearchBy.Phone)] = texts.Of("手机号", "Phone number"),
        [nameof(SearchBy.Name)] = texts.Of("姓名", "Name"),
        [nameof(SearchBy.UserName)] = texts.Of("用户名", "User name"),
        [nameof(SearchBy.Frozen)] = texts.Of("已冻结的账号", "Frozen accounts"),
    };

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (!ModelState.IsValid)
        {
            ModelState.Clear();
            return Refuse("", BadPage);
        }

        return By == SearchBy.Frozen ? await FindAsync(cancellationToken) : Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!ModelState.IsValid || !Enum.IsDefined(By) || (By != SearchBy.Frozen && string.IsNullOrWhiteSpace(Text)))
        {
            ModelState.Remove(nameof(Text));
            return Refuse(nameof(Text), NoText);
        }

        return await FindAsync(cancellationToken);
    }

    private async Task<PageResult> FindAsync(CancellationToken cancellationToken)
    {
        try
        {
            (Items, Next) = await searches.FindAsync(Me, SearchPlace.Office, By, Text ?? "", After, cancellationToken);
            return Page();
        }
        catch (ProblemException e) when (e.Problem.Status == StatusCodes.Status429TooManyRequests)
        {
            return Refuse("", e.Problem);
        }
    }
}
