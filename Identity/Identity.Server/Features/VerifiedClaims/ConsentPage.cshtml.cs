using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Features.Protocol.Authorize;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.VerifiedClaims;

/// <summary>Which data, for which purpose, for which application; each by itself, and nothing is given that is not ticked.</summary>
[Authorize]
internal sealed class ConsentModel(AuthorizationTransactions transactions, ClaimConsents consents) : PageModel
{
    public const string Path = "/account/consent";

    private static readonly Problem NoRequest = new(
        "claims.noRequest", 422, "没有等待同意的请求，或请求已过期。请回到应用重新开始。", "Nothing waits for your consent, or the request has expired. Please go back to the application and start again.");

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    public ClaimQuestion Question { get; private set; } = null!;

    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        Question = transactions.Of(ReturnUrl) is { } request && consents.Question(AuthorizationTransactions.RequestOf(request)) is { } question ? question : throw NoRequest.Exception();
        ReturnUrl = ReturnUrl!.Split('&')[0];
    }

    public void OnGet()
    {
    }

    /// <param name="given">Names of the ticked claims.</param>
    /// <param name="answer"><c>agree</c>; anything else gives nothing and is not remembered.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IActionResult> OnPostAsync(string[]? given, string? answer, CancellationToken cancellationToken)
    {
        var ticked = (given ?? []).ToHashSet(StringComparer.Ordinal);
        if (answer != "agree" || !Question.Claims.Any(c => ticked.Contains(c.Name)))
        {
            return Redirect($"{ReturnUrl}&{AuthorizationFacts.ConsentDeclinedParameter}=declined");
        }

        await consents.GiveAsync(User.AccountId()!.Value, Question, ticked, cancellationToken);
        return Redirect(ReturnUrl!);
    }
}
