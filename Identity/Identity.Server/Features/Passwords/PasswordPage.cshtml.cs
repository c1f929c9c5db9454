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
using Yinxin.Identity.Server.Features.Recovery;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Passwords;

/// <summary>A new password ends every session that began with the old one; this browser gets a new session.</summary>
[Authorize]
internal sealed class PasswordPageModel(
    IdentityContext database, PersonalData personal, PasswordSignIn passwords, IPasswordHasher<Account> hasher, WaitingRecoveries waiting, SessionStore sessions, INotices notices, IAuditTrail audit, ITexts texts, TimeProvider time) : PageModel
{
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(5);

    /// <summary>Where somebody was on the way to whom a service asked to choose a password of their own.</summary>
    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

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
        var account = await AccountAsync(cancellationToken);
        HasPassword = account.PasswordHash is not null && !await ShowedPasskeyAsync(cancellationToken);
        return await ElsewhereAsync(account, cancellationToken) ?? Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var account = await AccountAsync(cancellationToken);
        if (await ElsewhereAsync(account, cancellationToken) is { } elsewhere)
        {
            return elsewhere;
        }

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
        return LocalRedirect(LocalUrl.IsLocal(ReturnUrl) ? ReturnUrl! : "/account?done=password");
    }

    /// <summary>In this session, and a moment ago: one that began with a passkey long ago may have been strengthened since by something else.</summary>
    private async Task<bool> ShowedPasskeyAsync(CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow() - Recent;
        return await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken) is { } session &&
            session.HasPasskey && session.AuthenticatedAt >= since &&
            await database.PasskeyUses.AnyAsync(u => u.AccountId == session.AccountId && u.LastUsedAt >= since, cancellationToken);
    }

    /// <summary>Without a password to type something else has to be shown now: a session left open does not give the account away.</summary>
    private async Task<IActionResult?> ElsewhereAsync(Account account, CancellationToken cancellationToken)
    {
        if (account.PasswordHash is not null || await ShowedPasskeyAsync(cancellationToken))
        {
            return null;
        }

        var back = Uri.EscapeDataString(LocalUrl.IsLocal(ReturnUrl) ? "/account/password?ReturnUrl=" + Uri.EscapeDataString(ReturnUrl!) : "/account/password");
        if (await database.UserPasskeys.AnyAsync(p => p.UserId == account.Id, cancellationToken))
        {
            return LocalRedirect("/account/confirm/passkey?ReturnUrl=" + back);
        }

        var session = await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken);
        return session is { HasTwoFactors: true } && time.GetUtcNow() - session.AuthenticatedAt <= Recent ? null : LocalRedirect("/account/confirm?two=true&ReturnUrl=" + back);
    }

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

    /// <summary>A city may hand an account over with a password and no evidence of it: then the one chosen here is the first that counts.</summary>
    private async Task<bool> IsProvedAsync(Guid account, DateTimeOffset now, CancellationToken cancellationToken) =>
        (await CurrentEvidence.OfAsync(database, account, cancellationToken)).Any(e => e is { Kind: EvidenceKinds.Password, Result: EvidenceResult.Agreed } && !(e.ValidUntil <= now));

    private async Task ChangeAsync(Account account, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var session = await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        await waiting.EndAsync(account.Id, "password", account.Id.ToString(), cancellationToken);
        account.PasswordHash = hasher.HashPassword(account, Password!);
        account.PasswordChangedAt = now;
        account.SecurityStamp = Guid.NewGuid().ToString();
        if (!await IsProvedAsync(account.Id, now, cancellationToken))
        {
            database.Evidence.Add(EvidenceRecords.New(account.Id, EvidenceKinds.Password, "person", EvidenceKinds.Password, "identity", now));
        }

        notices.Add(account.Id, NoticeKinds.PasswordChanged);
        audit.Add(new AuditEntry("account.password", account.Id.ToString(), account.Id.ToString()));
        await database.SaveChangesAsync(cancellationToken);
        await sessions.EndAllAsync(account.Id, EndReasons.PasswordChanged, except: null, cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        // What this session had shown it keeps. The password just checked makes one young that showed nothing more; of two factors the second is as old as it was, and so is the session.
        var young = HasPassword && session?.HasTwoFactors != true;
        await sessions.BeginAsync(
            HttpContext, account, session is null ? ["pwd"] : [.. session.Methods.Union(HasPassword ? ["pwd"] : Array.Empty<string>(), StringComparer.Ordinal)], cancellationToken,
            young ? null : session?.AuthenticatedAt, young ? null : session?.ExpiresAt);
    }
}
