using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Passwords;

/// <summary>How many rounds of PBKDF2-SHA512 a new password's hash has on this node at present (<see cref="PasswordCosts"/> says how many they are to be), and what makes such hashes.</summary>
internal sealed class PasswordRounds
{
    /// <summary>What OWASP's Password Storage Cheat Sheet asks of PBKDF2-HMAC-SHA512; no machine is too slow for it.</summary>
    public const int Least = 210_000;

    /// <summary>However fast the machine: others have to compare with the hash too.</summary>
    public const int Most = 2_000_000;

    private volatile Making making = new(Least);

    public int Current => making.Rounds;

    /// <summary>Makes hashes of <see cref="Current"/> rounds; one of fewer rounds that agrees asks to be replaced.</summary>
    public PasswordHasher<Account> Hasher => making.Hasher;

    public void Set(int rounds) => making = new Making(rounds);

    public static PasswordHasher<Account> HasherOf(int rounds) => new(Options.Create(new PasswordHasherOptions { IterationCount = rounds }));

    private sealed class Making(int rounds)
    {
        public int Rounds => rounds;

        public PasswordHasher<Account> Hasher { get; } = HasherOf(rounds);
    }
}
