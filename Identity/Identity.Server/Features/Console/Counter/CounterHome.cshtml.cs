using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Console.Accounts;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Console.Counter;

/// <summary>Finds who stands at the window, masked, and offers what can be done there.</summary>
internal sealed class CounterHomeModel(NotedSearches searches, GradeReader grades, IdentityContext database) : ConsolePage
{
    private const int IdNumberLength = 18;
    private static readonly Problem NoText = new("console.search.empty", 422, "请填写完整的身份证号或手机号。", "Enter the whole ID number or phone number.");

    [BindProperty]
    public string? Text { get; set; }

    public bool Searched { get; private set; }

    public MaskedAccount? Found { get; private set; }

    public AssuranceLevel Level { get; private set; }

    /// <summary>The open dispute about the account found.</summary>
    public Dispute? Dispute { get; private set; }

    protected override IReadOnlyList<string> Readers => ConsoleRights.WorkAtCounter;

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (Text?.Trim() is not { Length: >= 11 and <= 40 } text)
        {
            return Refuse(nameof(Text), NoText);
        }

        var by = text.Length == IdNumberLength ? SearchBy.IdNumber : SearchBy.Phone;
        try
        {
            var (items, _) = await searches.FindAsync(Me, SearchPlace.Counter, by, text, after: null, cancellationToken);
            Found = items.Count == 1 && items[0].Kind == AccountKind.Person ? items[0] : null;
        }
        catch (ProblemException e) when (e.Problem.Status == StatusCodes.Status429TooManyRequests)
        {
            return Refuse("", e.Problem);
        }

        Searched = true;
        if (Found is { } found)
        {
            Level = (await grades.OfAsync(SubjectKind.Person, found.Id, cancellationToken)).Level;
            Dispute = await database.Disputes.AsNoTracking().FirstOrDefaultAsync(d => d.AccountId == found.Id && d.State == DisputeState.Open, cancellationToken);
        }

        return Page();
    }
}
