using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.SecondFactors;

/// <summary>Ten codes to print. Letters and digits that cannot be taken for one another; fifty bits each, so a keyed hash without salt will do.</summary>
internal sealed class RecoveryCodes(IdentityContext database, PersonalData personal, TimeProvider time)
{
    public const int Count = 10;
    private const int Half = 5;
    private const string Alphabet = "23456789abcdefghjkmnpqrstuvwxyz";

    /// <summary>Makes ten codes in place of all former ones, with the caller's save.</summary>
    /// <returns>The codes, for the only time.</returns>
    public async Task<IReadOnlyList<string>> MakeAsync(Guid account, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        database.RecoveryCodes.RemoveRange(await database.RecoveryCodes.Where(c => c.AccountId == account).ToListAsync(cancellationToken));
        List<string> codes = [.. Enumerable.Range(0, Count).Select(_ => RandomNumberGenerator.GetString(Alphabet, 2 * Half).Insert(Half, "-"))];
        database.RecoveryCodes.AddRange(codes.Select(code => new RecoveryCode { Id = Guid.CreateVersion7(now), AccountId = account, CodeHash = Hash(account, code), CreatedAt = now }));
        return codes;
    }

    public Task<int> LeftAsync(Guid account, CancellationToken cancellationToken) =>
        database.RecoveryCodes.CountAsync(c => c.AccountId == account && c.UsedAt == null, cancellationToken);

    /// <summary>Spends a code; of two requests at once with the same code one succeeds.</summary>
    public async Task<bool> UseAsync(Guid account, string code, CancellationToken cancellationToken)
    {
        var (hash, now) = (Hash(account, code), time.GetUtcNow());
        return await database.RecoveryCodes.Where(c => c.AccountId == account && c.CodeHash == hash && c.UsedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.UsedAt, now), cancellationToken) == 1;
    }

    private string Hash(Guid account, string code) =>
        personal.Index(Purposes.RecoveryCode, $"{account}:{new string([.. TypedText.Normalise(code).ToLowerInvariant().Where(char.IsAsciiLetterOrDigit)])}");
}
