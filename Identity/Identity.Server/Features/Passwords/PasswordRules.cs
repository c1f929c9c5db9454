using System.Collections.Frozen;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Passwords;

/// <summary>What a password must be (NIST SP 800-63B-4 §3.1.1.2): long enough, not common, not made of the person's own numbers. No rule about kinds of characters.</summary>
internal static class PasswordRules
{
    public const int Shortest = 10;
    public const int Longest = 128;
    private const int FewestDifferent = 5;

    /// <summary>A hundred million, as a power of ten: what an online attacker never reaches behind the brakes.</summary>
    private const double FewestGuesses = 8;

    private static readonly Problem TooShort = new("identity.password.length", 422, "密码至少 10 个、至多 128 个字符。", "A password has 10 to 128 characters.");
    private static readonly Problem TooSimple = new("identity.password.common", 422, "这个密码太常见或太简单，请换一个。", "This password is too common or too simple; please choose another.");
    private static readonly Problem Own = new("identity.password.own", 422, "密码不能含有您的身份证号、手机号或姓名。", "The password must not contain your ID number, phone number or name.");

    // The heads of the yearly lists of leaked passwords (NCSC/HIBP top list, NordPass), reduced to their stems: digits and signs
    // at the ends are cut off before the comparison, so that password123! is found too.
    private static readonly FrozenSet<string> CommonStems = new[]
    {
        "password", "passw0rd", "p@ssw0rd", "p@ssword", "passwort", "qwerty", "qwertyuiop", "qwerty123", "qazwsx", "qazwsxedc", "1qaz2wsx", "1q2w3e4r", "1q2w3e4r5t", "zaq12wsx",
        "asdfghjkl", "asdfgh", "zxcvbnm", "zxcvbn", "iloveyou", "letmein", "welcome", "admin", "administrator", "root", "monkey", "dragon", "football", "baseball", "superman",
        "batman", "princess", "sunshine", "shadow", "master", "michael", "jordan", "hello", "helloworld", "changeme", "default", "secret", "trustno", "starwars", "whatever",
        "woaini", "woaiwo", "aini", "wodemima", "mima", "nihao", "zhongguo", "china", "anhui", "hefei", "baidu", "taobao", "alipay", "wechat", "weixin", "abcd", "abc", "abcdef",
        "abcdefg", "abcdefgh", "abcdefghij", "a1b2c3d4", "aa", "aaa", "test", "testtest", "guest", "user", "login", "yinxin",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] Runs = ["01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm"];

    /// <summary>Null when the password will do.</summary>
    public static Problem? Fault(string? password, params string[] own)
    {
        if (password is not { Length: >= Shortest and <= Longest })
        {
            return TooShort;
        }

        var lower = password.ToLowerInvariant();
        if (lower.Distinct().Count() < FewestDifferent || Runs.Any(r => r.Contains(lower, StringComparison.Ordinal)) || CommonStems.Contains(Stem(lower)))
        {
            return TooSimple;
        }

        if (IsLeaked(lower) || PasswordStrength.Of(password) < FewestGuesses)
        {
            return TooSimple;
        }

        return own.Where(o => o.Length >= 2).Any(o => lower.Contains(o.ToLowerInvariant(), StringComparison.Ordinal) || (o.Length == 18 && lower.Contains(o.Substring(6, 8), StringComparison.Ordinal))) ? Own : null;
    }

    /// <summary>The password itself, or most of it once digits and signs at its ends are cut off.</summary>
    private static bool IsLeaked(string lower) =>
        LeakedPasswords.RankOf(lower) is not null || (Stem(lower) is { } stem && 2 * stem.Length >= lower.Length && LeakedPasswords.RankOf(stem) is not null);

    private static string Stem(string lower)
    {
        var start = 0;
        var end = lower.Length;
        while (end > start && !char.IsAsciiLetter(lower[end - 1]))
        {
            end--;
        }

        while (start < end && !char.IsAsciiLetter(lower[start]))
        {
            start++;
        }

        return lower[start..end];
    }
}
