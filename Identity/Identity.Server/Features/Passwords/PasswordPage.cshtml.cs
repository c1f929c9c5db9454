using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Passwords;

/// <summary>A new password ends every session that began with the old one; this browser gets a new session.</summary>
[Authorize]
internal sealed class PasswordPageModel(
    IdentityContext database, PersonalData personal, PasswordSignIn passwords, IPasswordHasher<Account> hasher, SessionStore sessions, INotices notices, IAuditTrail audit, ITexts texts, TimeProvider time) : PageModel
{
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(5);

    [BindProperty]
    public string? Current { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    [BindProperty]
    public string? PasswordAgain { get; set; }

    /// <summary>Whether the current password is asked for: not of who has none, and not of who showed a passkey just now (the way back of a forgotten one).</summary>
    public bool HasPassword { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        HasPassword = (await AccountAsync(cancellationToken)).PasswordHash is not null && !await ShowedPasskeyAsync(cancellationToken);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var account = await AccountAsync(cancellationToken);
        HasPassword = account.PasswordHash is not null && !await ShowedPasskeyAsync(cancellationToken);
        if (HasPassword && !await KnowsCurrentAsync(account, cancellationToken))
        {
            ModelState.AddModelError(nameof(Current), texts.Of("当前密码不正确，或错误次数过多", "The current password is not right, or there were too many wrong ones"));
        }
        else if (PasswordRules.Fault(Password, Own(account)) is { } fault)
        {
            ModelState.AddModelError(nameof(Password), fault.Text);
        }
        else if (Password != PasswordAgain)
        {
            ModelState.AddModelError(nameof(PasswordAgain), texts.Of("两次输入的密码不一致", "The two passwords are not the same"));
        }

        if (!ModelState.IsValid)
        {
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }

        await ChangeAsync(account, cancellationToken);
        return LocalRedirect("/account?done=password");
    }

    private async Task<bool> ShowedPasskeyAsync(CancellationToken cancellationToken) =>
        await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken) is { } session &&
        session.Methods.Contains("hwk") && session.Methods.Contains("user") && time.GetUtcNow() - session.AuthenticatedAt <= Recent;

    private Task<Account> AccountAsync(CancellationToken cancellationToken)
    {
        var id = User.AccountId();
        return database.Users.Include(a => a.Person).FirstAsync(a => a.Id == id, cancellationToken);
    }

    /// <summary>Through the same brake as sign-in: a stolen session is no place to guess at leisure.</summary>
    private async Task<bool> KnowsCurrentAsync(Account account, CancellationToken cancellationToken)
    {
        var (outcome, found) = await passwords.TryAsync(HttpContext, account.UserName!, Current ?? "", cancellationToken);
        return outcome == SignInOutcome.Accepted && found!.Id == account.Id;
    }

    private string[] Own(Account account) => account.Person is { } person
        ? [personal.Unprotect(Purposes.IdNumber, person.IdNumberCipher), MobileNumber.National(personal.Unprotect(Purposes.Phone, person.PhoneCipher)), person.Name]
        : [account.UserName!];

    private async Task ChangeAsync(Account account, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var session = await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken);
        var hadPassword = account.PasswordHash is not null;
        account.PasswordHash = hasher.HashPassword(account, Password!);
        account.PasswordChangedAt = now;
        account.SecurityStamp = Guid.NewGuid().ToString();
        if (!hadPassword)
        {
            database.Evidence.Add(EvidenceRecords.New(account.Id, EvidenceKinds.Password, "person", EvidenceKinds.Password, "identity", now));
        }

        notices.Add(account.Id, NoticeKinds.PasswordChanged);
        audit.Add(new AuditEntry("account.password", account.Id.ToString(), account.Id.ToString()));
        await database.SaveChangesAsync(cancellationToken);
        await sessions.EndAllAsync(account.Id, EndReasons.PasswordChanged, except: null, cancellationToken);
        // What this session had shown it had shown minutes ago at most or shows again by the password just checked: it is no weaker than before.
        await sessions.BeginAsync(HttpContext, account, session is null ? ["pwd"] : [.. session.Methods.Union(HasPassword ? ["pwd"] : Array.Empty<string>(), StringComparer.Ordinal)], cancellationToken);
    }
}
