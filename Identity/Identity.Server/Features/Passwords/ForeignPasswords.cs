using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;

namespace Yinxin.Identity.Server.Features.Passwords;

/// <summary>
/// Password hashes of other systems: bcrypt (<c>$2a$</c>, <c>$2b$</c>, <c>$2y$</c>), Argon2id and Argon2i in PHC form, PBKDF2 with SHA-256 or SHA-512 in passlib's form. Unsalted and fast
/// hashes are not taken: whoever had one sets a new password. Costs are bounded, or a file could make each sign-in last minutes.
/// </summary>
internal static class ForeignPasswords
{
    private const int Longest = 300;
    private const int MostBcryptCost = 14;
    private const int MostIterations = 2_000_000;
    private const int MostArgonMemory = 256 * 1024;

    public static bool IsForeign(string hash) => hash.StartsWith('$');

    /// <summary>Whether it is of a known form, with a cost that can be borne.</summary>
    public static bool IsAcceptable(string hash) => hash.Length <= Longest && Parse(hash) is not null;

    /// <summary>Compares in constant time. A hash that cannot be computed with is nobody's password: a row of an earlier release must not make every sign-in an error.</summary>
    public static bool Verify(string hash, string password)
    {
        try
        {
            return Parse(hash)?.Invoke(password) == true;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidOperationException or CryptographicException or IndexOutOfRangeException)
        {
            return false;
        }
    }

    private static Func<string, bool>? Parse(string hash)
    {
        var parts = hash.Split('$');
        return parts switch
        {
            // Two digits: the library throws for any other spelling of a cost.
            ["", "2a" or "2b" or "2y", { Length: 2 } cost, { Length: 53 } rest] when Number(cost, 4, MostBcryptCost) is not null && rest.All(IsBcrypt64) => password => Bcrypt(hash, password),
            ["", "pbkdf2-sha256", var rounds, var salt, var check] => Pbkdf2(HashAlgorithmName.SHA256, rounds, salt, check),
            ["", "pbkdf2-sha512", var rounds, var salt, var check] => Pbkdf2(HashAlgorithmName.SHA512, rounds, salt, check),
            ["", "argon2id", "v=19", var cost, var salt, var check] => Argon2(Argon2Parameters.Argon2id, cost, salt, check),
            ["", "argon2i", "v=19", var cost, var salt, var check] => Argon2(Argon2Parameters.Argon2i, cost, salt, check),
            _ => null,
        };
    }

    private static bool Bcrypt(string hash, string password) => password.Length <= 72 && OpenBsdBCrypt.CheckPassword(hash, password.ToCharArray());

    private static Func<string, bool>? Pbkdf2(HashAlgorithmName algorithm, string rounds, string salt, string check)
    {
        if (Number(rounds, 1000, MostIterations) is not { } iterations || Base64(salt) is not { Length: >= 8 and <= 64 } s || Base64(check) is not { Length: >= 32 and <= 64 } expected)
        {
            return null;
        }

        return password => CryptographicOperations.FixedTimeEquals(Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), s, iterations, algorithm, expected.Length), expected);
    }

    private static Func<string, bool>? Argon2(int kind, string cost, string salt, string check)
    {
        if (cost.Split(',') is not [['m', '=', .. var memory], ['t', '=', .. var time], ['p', '=', .. var lanes]]
            || Number(memory, 8, MostArgonMemory) is not { } m || Number(time, 1, 20) is not { } t || Number(lanes, 1, 16) is not { } p || m < 8 * p
            || Base64(salt) is not { Length: >= 8 and <= 64 } s || Base64(check) is not { Length: >= 16 and <= 64 } expected)
        {
            return null;
        }

        return password =>
        {
            var generator = new Argon2BytesGenerator();
            generator.Init(new Argon2Parameters.Builder(kind).WithVersion(Argon2Parameters.Version13).WithMemoryAsKB(m).WithIterations(t).WithParallelism(p).WithSalt(s).Build());
            var computed = new byte[expected.Length];
            generator.GenerateBytes(Encoding.UTF8.GetBytes(password), computed);
            return CryptographicOperations.FixedTimeEquals(computed, expected);
        };
    }

    private static int? Number(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : null;

    private static bool IsBcrypt64(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '/';

    /// <summary>Without padding; passlib writes a dot for the plus.</summary>
    private static byte[]? Base64(string text)
    {
        var standard = text.Replace('.', '+');
        try
        {
            return Convert.FromBase64String(standard + new string('=', (4 - (standard.Length % 4)) % 4));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
