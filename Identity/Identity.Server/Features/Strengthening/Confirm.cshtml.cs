using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Strengthening;

/// <summary>A signed-in person proves themselves anew, by any factor of the account: what <c>max_age</c> asks for, and what adding a new factor does.</summary>
[Authorize]
internal sealed class ConfirmModel(IdentityContext database, StrengtheningWays ways, PasswordSignIn passwords, SessionStore sessions) : ConfirmPage(sessions)
{
    private static readonly Problem Wrong = new("identity.confirm.passwordRefused", 422, "密码不正确，或错误次数过多。", "The password is not right, or there were too many wrong ones.");

    /// <summary>A second factor is wanted: the password alone does not help. Of a session that shows two it always is, whatever the address says: a stolen password beside a stolen session opens nothing.</summary>
    [BindProperty(SupportsGet = true)]
    public bool Two { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    public bool HasPassword { get; private set; }

    public IReadOnlyList<StrengtheningWay> Ways { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        return Page();
    }

    /// <summary>By password, through the brake of the sign-in: a stolen session is no place to guess at leisure.</summary>
    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var account = await ReadAsync(cancellationToken);
        if (!HasPassword || Password is not { Length: > 0 and <= 200 })
        {
            return Refuse(nameof(Password), Wrong);
        }

        var (outcome, found) = await passwords.TryAsync(HttpContext, account.UserName!, Password, cancellationToken);
        return outcome == SignInOutcome.Accepted && found!.Id == account.Id ? await ConfirmedAsync(["pwd"], cancellationToken) : Refuse(nameof(Password), Wrong);
    }

    private async Task<Account> ReadAsync(CancellationToken cancellationToken)
    {
        var id = User.AccountId()!.Value;
        var account = await database.Users.AsNoTracking().FirstAsync(a => a.Id == id, cancellationToken);
        Two = Two || await ShowsTwoAsync(cancellationToken);
        HasPassword = account.PasswordHash is not null && !Two;
        Ways = await ways.OfAsync(id, cancellationToken);
        return account;
    }

    private async Task<bool> ShowsTwoAsync(CancellationToken cancellationToken)
    {
        var id = User.SessionId()!.Value;
        return (await database.Sessions.AsNoTracking().FirstAsync(s => s.Id == id, cancellationToken)).HasTwoFactors;
    }
}
