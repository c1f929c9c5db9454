using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.SignIn;

/// <summary>
/// The brake before every secret that can be guessed: by address and for the whole node in memory, by name or account in the database. The block grows with each
/// failure up to an hour, so a stranger cannot shut a person out for good.
/// </summary>
internal sealed class AttemptBrake(IdentityContext database, FailureWindow window, NameLocks locks, IOptions<SignInSettings> settings, TimeProvider time)
{
    /// <summary>Whether the address, or everybody, has to wait.</summary>
    public bool MustWait(IPAddress? address) => window.MustWait(address);

    /// <param name="key">What is guessed at, as a keyed hash.</param>
    /// <param name="address">Who guesses.</param>
    /// <param name="check">Compares; is not called while the key is blocked.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<SignInOutcome> TryAsync(string key, IPAddress? address, Func<Task<bool>> check, CancellationToken cancellationToken)
    {
        if (window.MustWait(address))
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
            window.Add(address);
            return await CountAsync(key, attempts, now, cancellationToken) ? SignInOutcome.MustWait : SignInOutcome.Refused;
        }

        if (attempts is not null)
        {
            await database.SignInAttempts.Where(a => a.Key == key).ExecuteDeleteAsync(cancellationToken);
        }

        return SignInOutcome.Accepted;
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
