using System.Diagnostics;
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

    /// <summary>Too many wrong passwords for the name, or where the account does not know the browser, from the address or in all.</summary>
    MustWait,
}

/// <summary>
/// Checks a password. A name without an account costs one hash and one count like any other, and a wrong password is answered at one pace whatever kind of hash it was compared with
/// (<see cref="PasswordPace"/>), so neither words nor time tell whether it exists.
/// </summary>
internal sealed class PasswordSignIn(
    IdentityContext database,
    AccountFinder finder,
    PersonalData personal,
    IPasswordHasher<Account> hasher,
    DummyPassword dummy,
    PasswordPace pace,
    AttemptBrake brake,
    SignInHistory history)
{
    /// <param name="context">The request; tells where the try came from.</param>
    /// <param name="name">What was typed as name.</param>
    /// <param name="password">What was typed as password.</param>
    /// <param name="cancellationToken">Ends the wait until the password is compared. From then on nothing does: whoever hangs up when a right one would have been answered has made his guess.</param>
    public async Task<(SignInOutcome Outcome, Account? Account)> TryAsync(HttpContext context, string name, string password, CancellationToken cancellationToken)
    {
        var address = context.Connection.RemoteIpAddress;
        // A flood without the cookie costs no question to the database. With any, also a forged one, the same is asked whether or not there is an account.
        if (!history.HasDevice(context) && brake.MustWait(address))
        {
            return (SignInOutcome.MustWait, null);
        }

        var account = await finder.FindAsync(name, cancellationToken);
        var device = await history.KnownDeviceAsync(context, account?.Id, cancellationToken);
        var key = SignInKeys.Of(personal, account?.Id, name, device);
        var (tried, took) = (false, TimeSpan.Zero);
        var outcome = await brake.TryAsync(
            key, address,
            async () =>
            {
                tried = true;
                (var right, took) = await VerifyAsync(account, password, cancellationToken);
                return right;
            },
            cancellationToken,
            async () =>
            {
                // Of the comparison alone, and in the name's turn: every try writes the same afterwards, and of two at once the second waits as long for the first whatever hash it was.
                await pace.KeepAsync(took, CancellationToken.None);
                await history.WriteFailureAsync(context, account?.Id, SignInHistory.WrongPassword, ["pwd"], CancellationToken.None);
            },
            known: device is not null);
        if (tried && outcome == SignInOutcome.MustWait)
        {
            await history.WriteFailureAsync(context, account?.Id, SignInHistory.Blocked, ["pwd"], CancellationToken.None);
        }

        return (outcome, outcome == SignInOutcome.Accepted ? account : null);
    }

    private async Task<(bool Right, TimeSpan Took)> VerifyAsync(Account? account, string password, CancellationToken cancellationToken)
    {
        var usable = account is { ClosedAt: null, FrozenAt: null, PasswordHash: not null };
        var (hash, started) = (usable ? account!.PasswordHash! : dummy.Hash, Stopwatch.GetTimestamp());
        var result = hasher.VerifyHashedPassword(account ?? dummy.Account, hash, password);
        var took = Stopwatch.GetElapsedTime(started);
        pace.Note(hash, took);
        if (!usable || result == PasswordVerificationResult.Failed)
        {
            return (false, took);
        }

        if (result == PasswordVerificationResult.SuccessRehashNeeded)
        {
            await UpgradeAsync(account!, password, cancellationToken);
        }

        return (true, took);
    }

    /// <summary>The cost of a hash was raised since it was made: only now is the password at hand to make a better one.</summary>
    private async Task UpgradeAsync(Account account, string password, CancellationToken cancellationToken)
    {
        var (former, better) = (account.PasswordHash, hasher.HashPassword(account, password));
        await database.Users.Where(a => a.Id == account.Id && a.PasswordHash == former)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.PasswordHash, better), cancellationToken);
    }
}
