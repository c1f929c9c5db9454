using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.SignIn;

/// <summary>
/// The brake before every secret that can be guessed: by address and in all (<see cref="FailureWindow"/>), by name or account, each for all nodes. The block grows with each
/// failure up to an hour. Whoever keeps on trying keeps a key blocked: that this shuts nobody out is due to the keys (<see cref="SignInKeys"/>), of which a browser that the
/// account knows has one of its own, and to passkeys and recoveries, which open a blocked name. Nor does a flood shut out these browsers: the windows of address and of all count
/// their wrong tries, but refuse only the others; its few tries brake such a browser enough, and its cookie cannot be guessed.
/// </summary>
internal sealed class AttemptBrake(IdentityContext database, FailureWindow window, NameLocks locks, IOptions<SignInSettings> settings, TimeProvider time)
{
    /// <summary>Whether the address, or everybody, has to wait: every browser that the account does not know.</summary>
    public bool MustWait(IPAddress? address) => window.MustWait(address);

    /// <param name="key">What is guessed at, as a keyed hash.</param>
    /// <param name="address">Who guesses.</param>
    /// <param name="check">Compares; is not called while the key is blocked.</param>
    /// <param name="cancellationToken">Ends the wait for the turn and the comparison; whoever hangs up after a wrong guess has made it all the same.</param>
    /// <param name="failed">Done after a wrong guess, in the key's turn, once the address has been counted.</param>
    /// <param name="known">Whether the account has signed in before in this browser: what others do from its address, or all together, does not make it wait.</param>
    public async Task<SignInOutcome> TryAsync(string key, IPAddress? address, Func<Task<bool>> check, CancellationToken cancellationToken, Func<Task>? failed = null, bool known = false)
    {
        if (!known && window.MustWait(address))
        {
            return SignInOutcome.MustWait;
        }

        // One at a time for each name: parallel guesses must not all pass before the first is counted.
        using var turn = await locks.EnterAsync(key, cancellationToken);
        var now = time.GetUtcNow();
        var attempts = await database.SignInAttempts.AsNoTracking().FirstOrDefaultAsync(a => a.Key == key, cancellationToken);
        if (attempts?.BlockedUntil > now)
        {
            return SignInOutcome.MustWait;
        }

        if (!await check())
        {
            await window.AddAsync(database, address, CancellationToken.None);
            if (failed is not null)
            {
                await failed();
            }

            return await CountAsync(key, now, CancellationToken.None) ? SignInOutcome.MustWait : SignInOutcome.Refused;
        }

        if (attempts is not null)
        {
            await database.SignInAttempts.Where(a => a.Key == key).ExecuteDeleteAsync(cancellationToken);
        }

        return SignInOutcome.Accepted;
    }

    /// <summary>The database adds one to what it holds: two nodes that fail at the same moment count two.</summary>
    /// <returns>True when the name has to wait from now on.</returns>
    private async Task<bool> CountAsync(string key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (at, forgotten) = (now.UtcDateTime, now.UtcDateTime.AddDays(-1));
        await database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "SignInAttempts" ("Key", "Failures", "LastFailureAt") VALUES ({key}, 1, {at})
            ON CONFLICT ("Key") DO UPDATE SET
                "Failures" = CASE WHEN "SignInAttempts"."LastFailureAt" < {forgotten} THEN 1 ELSE "SignInAttempts"."Failures" + 1 END,
                "LastFailureAt" = {at}
            """,
            cancellationToken);
        var failures = await database.SignInAttempts.Where(a => a.Key == key).Select(a => a.Failures).FirstOrDefaultAsync(cancellationToken);
        var excess = failures - settings.Value.WrongPasswordsUntilBlock;
        if (excess < 0)
        {
            return false;
        }

        DateTimeOffset? until = now.AddMinutes(Math.Min(60, settings.Value.BlockMinutes * Math.Pow(2, Math.Min(excess, 10))));
        await database.SignInAttempts.Where(a => a.Key == key).ExecuteUpdateAsync(a => a.SetProperty(x => x.BlockedUntil, until), cancellationToken);
        return true;
    }
}
