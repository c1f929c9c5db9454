using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Passwords;

/// <summary>Our own hashes by ASP.NET Core Identity, those of imported accounts by their own form. A foreign one that agrees asks to be replaced.</summary>
internal sealed class PasswordHashes(IOptions<PasswordHasherOptions> options) : PasswordHasher<Account>(options)
{
    public override PasswordVerificationResult VerifyHashedPassword(Account user, string hashedPassword, string providedPassword) => !ForeignPasswords.IsForeign(hashedPassword)
        ? base.VerifyHashedPassword(user, hashedPassword, providedPassword)
        : ForeignPasswords.Verify(hashedPassword, providedPassword) ? PasswordVerificationResult.SuccessRehashNeeded : PasswordVerificationResult.Failed;
}
