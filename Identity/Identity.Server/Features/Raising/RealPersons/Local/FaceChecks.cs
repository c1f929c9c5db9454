using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Database;

namespace Yinxin.Identity.Server.Features.Raising.RealPersons.Local;

/// <summary>The ceremonies that are judged here: opened, tried a few times, judged once, fetched once.</summary>
internal sealed class FaceChecks(IdentityContext database, TimeProvider time) : IHousekeepingTask
{
    /// <summary>Longer than anybody is likely to keep a film for another try; the random actions stop the rest.</summary>
    public static readonly TimeSpan FrameMemory = TimeSpan.FromDays(90);

    private const int MostTries = 5;
    private const int Batch = 500;

    /// <summary>As long as the longest ceremony that asks for one.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    public async Task<FaceCheck> OpenAsync(Guid session, IReadOnlyList<string> actions, string returnUrl, CancellationToken cancellationToken)
    {
        var check = new FaceCheck
        {
            Id = Guid.NewGuid(),
            SessionId = session,
            Nonce = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(32)),
            Actions = string.Join(' ', actions),
            ReturnUrl = returnUrl,
            ExpiresAt = time.GetUtcNow() + Life,
        };
        database.FaceChecks.Add(check);
        await database.SaveChangesAsync(cancellationToken);
        return check;
    }

    /// <summary>The ceremony while it can be done, in its own session.</summary>
    public Task<FaceCheck?> FindOpenAsync(Guid id, Guid session, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return database.FaceChecks.AsNoTracking().FirstOrDefaultAsync(
            c => c.Id == id && c.SessionId == session && c.JudgedAt == null && c.ExpiresAt > now && c.Tries < MostTries, cancellationToken);
    }

    /// <summary>Where a ceremony of this session leads back to, whatever became of it.</summary>
    public Task<string?> ReturnUrlAsync(Guid id, Guid session, CancellationToken cancellationToken) =>
        database.FaceChecks.AsNoTracking().Where(c => c.Id == id && c.SessionId == session).Select(c => c.ReturnUrl).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Counts a try before any work is done for it.</summary>
    /// <returns>False for one too many.</returns>
    public async Task<bool> TryAsync(Guid id, CancellationToken cancellationToken) => await database.FaceChecks
        .Where(c => c.Id == id && c.JudgedAt == null && c.Tries < MostTries).ExecuteUpdateAsync(set => set.SetProperty(c => c.Tries, c => c.Tries + 1), cancellationToken) == 1;

    /// <summary>A try that came to nothing by no fault of the person's.</summary>
    public Task GiveBackAsync(Guid id, CancellationToken cancellationToken) =>
        database.FaceChecks.Where(c => c.Id == id && c.Tries > 0).ExecuteUpdateAsync(set => set.SetProperty(c => c.Tries, c => c.Tries - 1), cancellationToken);

    public Task<bool> AnySeenAsync(IReadOnlyList<string> digests, CancellationToken cancellationToken) =>
        database.FaceFrames.AnyAsync(f => digests.Contains(f.Digest), cancellationToken);

    /// <summary>Keeps the verdict and uses up the frames, both or neither.</summary>
    /// <returns>False when the ceremony was judged, or one of the frames used, in the same moment.</returns>
    public async Task<bool> JudgeAsync(Guid id, IReadOnlyList<string> digests, string verdict, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var judged = await database.FaceChecks.Where(c => c.Id == id && c.JudgedAt == null).ExecuteUpdateAsync(
            set => set.SetProperty(c => c.JudgedAt, now).SetProperty(c => c.Verdict, verdict), cancellationToken);
        if (judged == 0)
        {
            return false;
        }

        // In one order, so that of two ceremonies with the same frames neither waits for the other's first while the other waits for its own.
        database.FaceFrames.AddRange(digests.Order(StringComparer.Ordinal).Select(digest => new FaceFrame { Digest = digest, SeenAt = now }));
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            return false;
        }

        await transaction.CommitAsync(CancellationToken.None);
        return true;
    }

    /// <summary>The verdict, once.</summary>
    public async Task<FaceCheck?> TakeAsync(Guid id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var taken = await database.FaceChecks.Where(c => c.Id == id && c.JudgedAt != null && c.TakenAt == null).ExecuteUpdateAsync(
            set => set.SetProperty(c => c.TakenAt, now), cancellationToken);
        return taken == 1 ? await database.FaceChecks.AsNoTracking().FirstAsync(c => c.Id == id, cancellationToken) : null;
    }

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var old = time.GetUtcNow().AddDays(-1);
        while (await database.FaceChecks.Where(c => c.ExpiresAt < old).OrderBy(c => c.ExpiresAt).Take(Batch).ExecuteDeleteAsync(cancellationToken) == Batch)
        {
        }

        var forgotten = time.GetUtcNow() - FrameMemory;
        while (await database.FaceFrames.Where(f => f.SeenAt < forgotten).OrderBy(f => f.SeenAt).Take(Batch).ExecuteDeleteAsync(cancellationToken) == Batch)
        {
        }
    }
}
