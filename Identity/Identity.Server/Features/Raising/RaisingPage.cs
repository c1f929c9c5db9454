using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.Identity.Server.Features.Strengthening;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Raising;

/// <summary>What the pages that raise a person have in common: whose page it is, the way back, refusals that keep the form.</summary>
internal abstract class RaisingPage(IdentityContext database, SessionStore sessions) : PageModel
{
    private static readonly Problem PersonsOnly = new("identity.raise.personsOnly", 403, "只有个人账号可以这样提升等级。", "Only a person's account can be raised this way.");

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    /// <summary>The page that offers the other ways.</summary>
    public string OtherWays => "/account/step-up?ReturnUrl=" + Uri.EscapeDataString(LocalUrl.OrHome(ReturnUrl));

    /// <summary>This page with what it is opened with again.</summary>
    protected virtual string Here => $"{Request.Path}?ReturnUrl={Uri.EscapeDataString(LocalUrl.OrHome(ReturnUrl))}";

    /// <exception cref="ProblemException">An official's account.</exception>
    protected async Task<Person> PersonAsync(CancellationToken cancellationToken)
    {
        var id = User.AccountId();
        return await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, cancellationToken) ?? throw PersonsOnly.Exception();
    }

    /// <summary>For a page that compares only what others may know too (a number of a card or an account): its session has to show more than one factor first, and comes back here.</summary>
    /// <returns>Null when the session shows enough.</returns>
    protected async Task<IActionResult?> StrengthenFirstAsync(StrengtheningWays strengthening, CancellationToken cancellationToken)
    {
        if (await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken) is not { } session)
        {
            return LocalRedirect("/sign-in?ReturnUrl=" + Uri.EscapeDataString(Here));
        }

        return await strengthening.BeforeRaisingAsync(session, Here, cancellationToken) is { } first ? LocalRedirect(first) : null;
    }

    /// <summary>The level rose: the cookie's stamp changes, and the person goes on where they were.</summary>
    /// <param name="returnUrl">Where that is.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="shown">RFC 8176 values of a factor that was shown on the way; null: none.</param>
    protected async Task<IActionResult> RaisedAsync(string? returnUrl, CancellationToken cancellationToken, IReadOnlyList<string>? shown = null)
    {
        await (shown is null
            ? sessions.RaiseAsync(HttpContext, User.SessionId()!.Value, cancellationToken)
            : sessions.StrengthenAsync(HttpContext, User.SessionId()!.Value, shown, cancellationToken));
        return Redirect(LocalUrl.OrHome(returnUrl));
    }

    /// <summary>The page again, with what went wrong.</summary>
    protected PageResult Refuse(int status)
    {
        Response.StatusCode = status;
        return Page();
    }

    protected PageResult Refuse(string field, Problem problem)
    {
        ModelState.AddModelError(field, problem.Text);
        return Refuse(problem.Status);
    }
}
