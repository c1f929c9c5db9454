using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Passwords;

/// <summary>
/// What the hash of a password is to cost, measured instead of guessed: as many rounds as fit into <see cref="SignInSettings.PasswordMilliseconds"/>, never fewer than
/// <see cref="PasswordRounds.Least"/>. The first node measures, all follow what stands in the database. A node that starts half a year later measures again, and machines that became faster
/// make the hash dearer; a slower one never makes it cheaper. Hashes of before are made anew at their owners' next sign-in.
/// </summary>
internal sealed class PasswordCosts(IdentityContext database, IAuditTrail audit, IOptions<SignInSettings> settings, TimeProvider time)
{
    /// <summary>How often what it takes is tried: the quickest counts, for others share the processor.</summary>
    private const int Tries = 5;

    /// <summary>A round number says that it is no exact measure.</summary>
    private const int Step = 10_000;

    /// <summary>A hash that is only a little dearer is not worth making everybody's anew.</summary>
    private const double WorthIt = 1.25;

    private static readonly TimeSpan MeasureLife = TimeSpan.FromDays(180);

    /// <summary>What is agreed: that of the configuration, else the dearest that was ever measured; null when nothing was yet.</summary>
    public async Task<int?> FindAsync(CancellationToken cancellationToken) =>
        settings.Value.PasswordIterations ?? await database.PasswordCosts.MaxAsync(c => (int?)c.Rounds, cancellationToken);

    /// <summary>What is agreed, after a measure if it is time for one.</summary>
    public async Task<int> AgreeAsync(CancellationToken cancellationToken)
    {
        if (settings.Value.PasswordIterations is { } wanted)
        {
            return wanted;
        }

        if (await LatestAsync(cancellationToken) is { } known && !IsOld(known))
        {
            return known.Rounds;
        }

        // Before the turn: it takes half a second.
        var measured = Measure();
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var inForce = await LatestAsync(cancellationToken);
        if (inForce is not null && (!IsOld(inForce) || measured.Rounds < WorthIt * inForce.Rounds))
        {
            return inForce.Rounds;
        }

        database.PasswordCosts.Add(measured);
        audit.Add(new AuditEntry("password.costSet", $"password-cost/{measured.Rounds}", "system", Details: new { measured.Rounds, measured.Milliseconds, former = inForce?.Rounds }));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return measured.Rounds;
    }

    private Task<PasswordCost?> LatestAsync(CancellationToken cancellationToken) =>
        database.PasswordCosts.AsNoTracking().OrderByDescending(c => c.Rounds).FirstOrDefaultAsync(cancellationToken);

    private bool IsOld(PasswordCost cost) => cost.MeasuredAt < time.GetUtcNow() - MeasureLife;

    private PasswordCost Measure()
    {
        var hasher = PasswordRounds.HasherOf(PasswordRounds.Least);
        var account = new Account();
        var quickest = TimeSpan.MaxValue;
        for (var i = 0; i < Tries; i++)
        {
            var started = Stopwatch.GetTimestamp();
            hasher.HashPassword(account, nameof(PasswordCosts));
            var took = Stopwatch.GetElapsedTime(started);
            quickest = took < quickest ? took : quickest;
        }

        var milliseconds = quickest.TotalMilliseconds / PasswordRounds.Least;
        var rounds = (int)Math.Clamp(settings.Value.PasswordMilliseconds / milliseconds / Step, PasswordRounds.Least / Step, PasswordRounds.Most / Step) * Step;
        return new PasswordCost { Rounds = rounds, Milliseconds = Math.Round(milliseconds * rounds, 1), MeasuredAt = time.GetUtcNow() };
    }
}
