using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Challenge;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Freezing;

/// <summary>
/// Without a session: the password alone freezes, for the second factor may be what was stolen. It goes through the brakes of sign-in, and says no more than that page: whoever could
/// freeze another's account this way could as well sign in to it.
/// </summary>
internal sealed class FreezeOutsideModel(PasswordSignIn passwords, Challenges challenges, OwnFreezing freezing) : PageModel
{
    private static readonly Problem Wrong = new("identity.signIn.refused", 422, "账号或密码不正确。", "The name or the password is not right.");
    private static readonly Problem MustWait = new("identity.signIn.mustWait", 422, "密码错误次数过多，请稍后再试。", "Too many wrong passwords. Please try again later.");

    [BindProperty, Required, StringLength(100)]
    public string? Name { get; set; }

    [BindProperty, Required, StringLength(200)]
    public string? Password { get; set; }

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!ModelState.IsValid)
        {
            return Refuse(Wrong);
        }

        if (await challenges.AskAsync(HttpContext, ChallengePurposes.SignIn, Name!, cancellationToken) is { } needed)
        {
            return Refuse(needed);
        }

        var (outcome, account) = await passwords.TryAsync(HttpContext, Name!, Password!, cancellationToken);

        // An official's account is the administrators' to freeze.
        if (outcome == SignInOutcome.Accepted && account!.Kind == AccountKind.Person)
        {
            await freezing.FreezeAsync(account.Id, FreezeReasons.OwnWish, cancellationToken);
            return LocalRedirect("/frozen");
        }

        if (outcome != SignInOutcome.Accepted)
        {
            challenges.Count(HttpContext, ChallengePurposes.SignIn, Name!);
            challenges.ShowNext(HttpContext, ChallengePurposes.SignIn, Name!);
        }

        return Refuse(outcome == SignInOutcome.MustWait ? MustWait : Wrong);
    }

    private PageResult Refuse(Problem problem)
    {
        ModelState.Clear();
        ModelState.AddModelError(nameof(Name), problem.Text);
        Response.StatusCode = problem.Status;
        return Page();
    }
}
