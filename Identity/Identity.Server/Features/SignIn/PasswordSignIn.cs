using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.History;

namespace Yinxin.Identity.Server.Features.SignIn;

/// <summary>What came of a password. A page may tell a person no more than these three.</summary>
internal enum SignInOutcome
{
    Accepted,

    /// <summary>Wrong password, unknown name, closed account: one answer.</summary>
    Refused,

    /// <summary>Too many wrong passwords for the name, from the address, or in all.</summary>
    MustWait,
}

/// <summary>
/// Checks a password. A name without an account costs one hash and one count like any other, so neither words nor time tell
/// whether it exists.
/// </summary>
internal sealed class PasswordSignIn(
    IdentityContext database,
    AccountFinder finder,
    PersonalData personal,
    IPasswordHasher<Account> hasher,
    DummyPassword dummy,
    AttemptBrake brake,
    SignInHistory history)
{
    /// <param name="context">The request; tells where the try came from.</param>
    /// <param name="name">What was typed as name.</param>
    /// <param name="password">What was typed as password.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<(SignInOutcome Outcome, Account? Account)> TryAsync(HttpContext context, string name, string password, CancellationToken cancellationToken)
    {
        var address = context.Connection.RemoteIpAddress;
        if (brake.MustWait(address))
        {
            return (SignInOutcome.MustWait, null);
        }

        var account = await finder.FindAsync(name, cancellationToken);
        var key = personal.Index(Purposes.SignInName, account?.Id.ToString() ?? AccountFinder.Normalise(name));
        var outcome = await brake.TryAsync(key, address, () => VerifyAsync(context, account, password, cancellationToken), cancellationToken);
        return (outcome, outcome == SignInOutcome.Accepted ? account : null);
    }

    private async Task<bool> VerifyAsync(HttpContext context, Account? account, string password, CancellationToken cancellationToken)
    {
        var usable = account is { ClosedAt: null, FrozenAt: null, PasswordHash: not null };
        var result = hasher.VerifyHashedPassword(account ?? dummy.Account, usable ? account!.PasswordHash! : dummy.Hash, password);
        if (!usable || result == PasswordVerificationResult.Failed)
        {
            await history.WriteFailureAsync(context, account?.Id, SignInHistory.WrongPassword, ["pwd"], cancellationToken);
            return false;
        }

        if (result == PasswordVerificationResult.SuccessRehashNeeded)
        {
            await UpgradeAsync(account!, password, cancellationToken);
        }

        return true;
    }

    /// <summary>The cost of a hash was raised since it was made: only now is the password at hand to make a better one.</summary>
    private async Task UpgradeAsync(Account account, string password, CancellationToken cancellationToken)
    {
        var (former, better) = (account.PasswordHash, hasher.HashPassword(account, password));
        await database.Users.Where(a => a.Id == account.Id && a.PasswordHash == former)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.PasswordHash, better), cancellationToken);
    }
}
