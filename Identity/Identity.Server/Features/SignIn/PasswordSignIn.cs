using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;

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
    FailureWindow window,
    NameLocks locks,
    IOptions<SignInSettings> settings,
    TimeProvider time)
{
    public async Task<(SignInOutcome Outcome, Account? Account)> TryAsync(string name, string password, IPAddress? address, CancellationToken cancellationToken)
    {
        if (window.MustWait(address))
        {
            return (SignInOutcome.MustWait, null);
        }

        var account = await finder.FindAsync(name, cancellationToken);
        var key = personal.Index(Purposes.SignInName, account?.Id.ToString() ?? AccountFinder.Normalise(name));

        // One at a time for each name: parallel guesses must not all pass before the first is counted.
        using var turn = await locks.EnterAsync(key, cancellationToken);
        var now = time.GetUtcNow();
        var attempts = await database.SignInAttempts.AsNoTracking().FirstOrDefaultAsync(a => a.Key == key, cancellationToken);
        if (attempts?.BlockedUntil > now)
        {
            return (SignInOutcome.MustWait, null);
        }

        if (!Verify(account, password))
        {
            window.Add(address);
            return (await CountAsync(key, attempts, now, cancellationToken) ? SignInOutcome.MustWait : SignInOutcome.Refused, null);
        }

        if (attempts is not null)
        {
            await database.SignInAttempts.Where(a => a.Key == key).ExecuteDeleteAsync(cancellationToken);
        }

        return (SignInOutcome.Accepted, account);
    }

    private bool Verify(Account? account, string password)
    {
        var usable = account is { ClosedAt: null, FrozenAt: null, PasswordHash: not null };
        var result = hasher.VerifyHashedPassword(account ?? dummy.Account, usable ? account!.PasswordHash! : dummy.Hash, password);
        return usable && result != PasswordVerificationResult.Failed;
    }

    /// <returns>True when the name has to wait from now on.</returns>
    private async Task<bool> CountAsync(string key, SignInAttempts? known, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var failures = known is null || now - known.LastFailureAt > TimeSpan.FromDays(1) ? 1 : known.Failures + 1;
        var excess = failures - settings.Value.WrongPasswordsUntilBlock;
        DateTimeOffset? until = excess < 0 ? null : now.AddMinutes(Math.Min(60, settings.Value.BlockMinutes * Math.Pow(2, Math.Min(excess, 10))));
        if (known is null)
        {
            // Another node may have counted the first failure in this very moment; its count stands.
            await database.Database.ExecuteSqlAsync(
                $"""INSERT INTO "SignInAttempts" ("Key", "Failures", "LastFailureAt") VALUES ({key}, {failures}, {now.UtcDateTime}) ON CONFLICT ("Key") DO NOTHING""",
                cancellationToken);
        }
        else
        {
            await database.SignInAttempts.Where(a => a.Key == key).ExecuteUpdateAsync(
                a => a.SetProperty(x => x.Failures, failures).SetProperty(x => x.LastFailureAt, now).SetProperty(x => x.BlockedUntil, until),
                cancellationToken);
        }

        return until is not null;
    }
}
