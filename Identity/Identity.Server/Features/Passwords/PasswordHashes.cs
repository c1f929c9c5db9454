using Microsoft.AspNetCore.Identity;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Passwords;

/// <summary>Our own hashes by ASP.NET Core Identity, those of imported accounts by their own form. A foreign one that agrees asks to be replaced.</summary>
internal sealed class PasswordHashes(PasswordRounds rounds) : IPasswordHasher<Account>
{
    public string HashPassword(Account user, string password) => rounds.Hasher.HashPassword(user, password);

    public PasswordVerificationResult VerifyHashedPassword(Account user, string hashedPassword, string providedPassword) => !ForeignPasswords.IsForeign(hashedPassword)
        ? rounds.Hasher.VerifyHashedPassword(user, hashedPassword, providedPassword)
        : ForeignPasswords.Verify(hashedPassword, providedPassword) ? PasswordVerificationResult.SuccessRehashNeeded : PasswordVerificationResult.Failed;
}
