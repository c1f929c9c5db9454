using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.Identity.Server.Features.Strengthening;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Phones;

/// <summary>
/// Change of phone, first half: the new number. Codes go to it, and to the former one unless the session shows a factor that is neither password nor that phone. Where there is no former one, the number
/// is a further factor like any other: a password alone binds it only to an account that has nothing else.
/// </summary>
[Authorize]
internal sealed class ChangePhoneModel(
    IdentityContext database, PersonalData personal, PhoneCodes codes, PhoneChanges changes, SessionStore sessions, StrengtheningWays strengthening, ITexts texts, TimeProvider time) : PageModel
{
    internal static readonly TimeSpan Recent = TimeSpan.FromMinutes(15);

    /// <summary>Where somebody was whose level lacked a proved phone.</summary>
    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    [BindProperty]
    public string? Phone { get; set; }

    /// <summary>The number of now; null when there is none.</summary>
    public string? Former { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (!await sessions.IsRecentAsync(User, Recent, cancellationToken))
        {
            return SignInAgain();
        }

        if (await PersonAsync(cancellationToken) is not { } person)
        {
            return LocalRedirect("/account");
        }

        var session = await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken);
        return await BeforeBindingAsync(person, session, strengthening, ReturnUrl, cancellationToken) is { } first ? LocalRedirect(first) : Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!await sessions.IsRecentAsync(User, Recent, cancellationToken))
        {
            return SignInAgain();
        }

        if (await PersonAsync(cancellationToken) is not { } person)
        {
            return LocalRedirect("/account");
        }

        var session = await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken);
        if (await BeforeBindingAsync(person, session, strengthening, ReturnUrl, cancellationToken) is { } first)
        {
            return LocalRedirect(first);
        }

        if (MobileNumber.Parse(Phone) is not { } number)
        {
            return Refuse(422, texts.Of("请填写 11 位手机号", "Please write a mobile number of 11 digits"));
        }

        // The number of now may be proved where no code proved it yet, as of an account that a city handed over.
        var same = personal.Indexes(Purposes.Phone, number).Contains(person.PhoneIndex, StringComparer.Ordinal);
        if (same && await ProvedPhone.IsAsync(database, person.Id, time.GetUtcNow(), cancellationToken))
        {
            return Refuse(422, texts.Of("这就是您现在的手机号", "This is your number already"));
        }

        var change = new PhoneChange(Guid.CreateVersion7(), person.Id, number, person.HasPhone && !same && session?.HasFactorBesidePhone != true);
        try
        {
            var address = HttpContext.Connection.RemoteIpAddress;
            var account = person.Id.ToString();
            // The own phone first: where that has had too many, nobody else is messaged for nothing.
            if ((change.NeedsFormer && !await codes.SendAsync(change.FormId, personal.Unprotect(Purposes.Phone, person.PhoneCipher), account, PhoneChanges.FormerPurpose, address, cancellationToken)) ||
                !await codes.SendAsync(change.FormId, number, account, PhoneChanges.NewPurpose, address, cancellationToken))
            {
                return Refuse(429, texts.Of("验证码发送过于频繁，请稍后再试", "Too many codes were asked for; please try again later"));
            }
        }
        catch (ProblemException e)
        {
            return Refuse(e.Problem.Status, e.Problem.Text);
        }

        changes.Write(HttpContext, change);
        return LocalRedirect(WithReturn("/account/phone/code", ReturnUrl));
    }

    private async Task<Person?> PersonAsync(CancellationToken cancellationToken)
    {
        var id = User.AccountId();
        var person = await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, cancellationToken);
        Former = person?.HasPhone == true ? person.PhoneMasked : null;
        return person;
    }

    /// <returns>Where a session goes first that may not bind a number to an account without one; null: it may, or the former number has its say.</returns>
    internal static async Task<string?> BeforeBindingAsync(Person person, Session? session, StrengtheningWays strengthening, string? returnUrl, CancellationToken cancellationToken)
    {
        var here = WithReturn("/account/phone", returnUrl);
        return session is null ? "/sign-in?ReturnUrl=" + Uri.EscapeDataString(here)
            : person.HasPhone || await strengthening.MayBindAsync(session, cancellationToken) ? null
            : await strengthening.BeforeBindingAsync(session, here, cancellationToken);
    }

    private LocalRedirectResult SignInAgain() => LocalRedirect("/sign-in?ReturnUrl=" + Uri.EscapeDataString(WithReturn("/account/phone", ReturnUrl)));

    /// <summary>A page of this change, with the way back where there is one.</summary>
    internal static string WithReturn(string page, string? returnUrl) => LocalUrl.IsLocal(returnUrl) ? $"{page}?ReturnUrl={Uri.EscapeDataString(returnUrl!)}" : page;

    private PageResult Refuse(int status, string text)
    {
        ModelState.AddModelError(nameof(Phone), text);
        Response.StatusCode = status;
        return Page();
    }
}
