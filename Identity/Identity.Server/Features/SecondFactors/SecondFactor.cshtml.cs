using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.SecondFactors;

/// <summary>
/// The second factor, in two places: between a right password and the session, and within a session to strengthen it (step-up). In the first nobody is signed in yet.
/// </summary>
internal sealed class SecondFactorModel(
    IdentityContext database, PersonalData personal, PendingSignIns pending, SecondFactorCheck check, PhoneCodes phones, SessionStore sessions, SignInFlow flow) : PageModel
{
    private static readonly Problem Wrong = new("identity.secondFactor.refused", 422, "验证码不正确或已失效。", "The code is not right or no longer valid.");
    private static readonly Problem MustWait = new(
        "identity.secondFactor.mustWait", 422, "错误次数过多，请稍后再试，或改用通行密钥登录。", "Too many wrong codes. Please try again later, or sign in with a passkey.");

    private static readonly Problem TooManyMessages = new("identity.secondFactor.tooManyMessages", 429, "验证码发送过于频繁，请稍后再试。", "Too many codes were asked for; please try again later.");

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    /// <summary>One of <see cref="SecondFactorWays"/>.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Way { get; set; }

    [BindProperty]
    public string? Code { get; set; }

    /// <summary>Set after a message went out.</summary>
    [BindProperty(SupportsGet = true)]
    public bool Sent { get; set; }

    public OwnSecondFactors Own { get; private set; } = null!;

    public string CurrentWay => Own.Ways.Contains(Way ?? "", StringComparer.Ordinal) ? Way! : Own.Ways.Count > 0 ? Own.Ways[0] : "";

    /// <summary>Between the password and the session.</summary>
    public bool SigningIn { get; private set; }

    private Guid AccountId { get; set; }

    private Guid FormId { get; set; }

    private string? Stamp { get; set; }

    public string Address(string way) => $"/sign-in/second-factor?way={way}&ReturnUrl={Uri.EscapeDataString(ReturnUrl ?? "")}";

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) => await ReadAsync(cancellationToken) ? Page() : ToSignIn();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!await ReadAsync(cancellationToken))
        {
            return ToSignIn();
        }

        var way = CurrentWay;
        var outcome = await check.TryAsync(HttpContext, AccountId, FormId, way, Code, cancellationToken);
        if (outcome != SignInOutcome.Accepted)
        {
            return Refuse(outcome == SignInOutcome.MustWait ? MustWait : Wrong);
        }

        var methods = SecondFactorWays.Methods(way);
        if (!SigningIn)
        {
            await sessions.StrengthenAsync(HttpContext, User.SessionId()!.Value, methods, cancellationToken);
            return Redirect(LocalUrl.OrHome(ReturnUrl));
        }

        pending.Clear(HttpContext);
        var account = await database.Users.AsNoTracking().FirstAsync(a => a.Id == AccountId, cancellationToken);
        // Of when the password was right: what changed since ends this sign-in too.
        account.SecurityStamp = Stamp;
        return Redirect(await flow.CompleteAsync(HttpContext, account, ["pwd", .. methods], ReturnUrl, cancellationToken));
    }

    /// <summary>Sends a code to the account's phone.</summary>
    public async Task<IActionResult> OnPostSendAsync(CancellationToken cancellationToken)
    {
        if (!await ReadAsync(cancellationToken))
        {
            return ToSignIn();
        }

        if (!Own.Ways.Contains(SecondFactorWays.Sms, StringComparer.Ordinal))
        {
            return Redirect(Address(CurrentWay));
        }

        Way = SecondFactorWays.Sms;
        try
        {
            var phone = personal.Unprotect(Purposes.Phone, Own.PhoneCipher!);
            return await phones.SendAsync(FormId, phone, AccountId.ToString(), SecondFactorCheck.SmsPurpose, HttpContext.Connection.RemoteIpAddress, cancellationToken)
                ? Redirect(Address(SecondFactorWays.Sms) + "&sent=true") : Refuse(TooManyMessages);
        }
        catch (ProblemException e)
        {
            return Refuse(e.Problem);
        }
    }

    /// <summary>Whose second factor is asked for; false when nobody's.</summary>
    private async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (pending.Read(HttpContext) is { } waiting &&
            await database.Users.AnyAsync(a => a.Id == waiting.AccountId && a.SecurityStamp == waiting.SecurityStamp && a.ClosedAt == null && a.FrozenAt == null, cancellationToken))
        {
            (SigningIn, AccountId, FormId, Stamp) = (true, waiting.AccountId, waiting.FormId, waiting.SecurityStamp);
        }
        else if (User.AccountId() is { } account)
        {
            (AccountId, FormId) = (account, User.SessionId()!.Value);
        }
        else
        {
            return false;
        }

        Own = await OwnSecondFactors.OfAsync(database, AccountId, cancellationToken);
        return true;
    }

    private LocalRedirectResult ToSignIn() => LocalRedirect("/sign-in?ReturnUrl=" + Uri.EscapeDataString(LocalUrl.OrHome(ReturnUrl)));

    private PageResult Refuse(Problem problem)
    {
        ModelState.AddModelError(nameof(Code), problem.Text);
        ModelState.SetModelValue(nameof(Code), null, null);
        Response.StatusCode = problem.Status;
        return Page();
    }
}
