namespace Yinxin.Identity.Server.Features.Passwords;

/// <summary>
/// How many guesses a password withstands, after the idea of zxcvbn (Wheeler, USENIX Security 2016): the cheapest way to put it together from leaked passwords, rows
/// of keys, repetitions and single characters. No rule about kinds of characters comes near that.
/// </summary>
internal static class PasswordStrength
{
    /// <summary>Longer ones are judged by their beginning: strong anyway, and the work stays bounded.</summary>
    private const int Most = 64;

    /// <summary>Guesses for each character that belongs to nothing (zxcvbn: ten).</summary>
    private const double Single = 1;

    /// <summary>For the second and each further part, since the order has to be guessed too.</summary>
    private const double Joint = 0.3;
    private const int ShortestRow = 4;

    private static readonly string[] Rows =
        ["01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol"];

    /// <summary>Power of ten of the guesses.</summary>
    public static double Of(string password)
    {
        var text = Plain(password.Length > Most ? password[..Most] : password);
        var cheapest = new double[text.Length + 1];
        for (var end = 1; end <= text.Length; end++)
        {
            cheapest[end] = cheapest[end - 1] + Single;
            for (var start = 0; start < end - 1; start++)
            {
                if (CostOf(text.AsSpan(start, end - start)) is { } cost)
                {
                    cheapest[end] = Math.Min(cheapest[end], cheapest[start] + cost + (start == 0 ? 0 : Joint));
                }
            }
        }

        return cheapest[^1];
    }

    /// <summary>0 to 4, with zxcvbn's limits.</summary>
    public static int Score(string password) => Of(password) switch
    {
        < 3 => 0,
        < 6 => 1,
        < 8 => 2,
        < 10 => 3,
        _ => 4,
    };

    /// <summary>Null for a part that is nothing in particular.</summary>
    private static double? CostOf(ReadOnlySpan<char> part)
    {
        if (part.Length >= 3 && LeakedPasswords.RankOf(part) is { } rank)
        {
            return Math.Log10(rank + 1);
        }

        if (part.Length >= ShortestRow && IsRow(part))
        {
            return Math.Log10(50 * part.Length);
        }

        return part.Length >= 3 && part.IndexOfAnyExcept(part[0]) < 0 ? Math.Log10(20 * part.Length) : null;
    }

    private static bool IsRow(ReadOnlySpan<char> part)
    {
        foreach (var row in Rows)
        {
            if (row.AsSpan().IndexOf(part, StringComparison.Ordinal) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Lower case, and signs that stand for letters as those letters: both are the first that is tried.</summary>
    private static string Plain(string password) => string.Create(password.Length, password, static (plain, typed) =>
    {
        for (var i = 0; i < typed.Length; i++)
        {
            plain[i] = char.ToLowerInvariant(typed[i]) switch { '@' => 'a', '$' => 's', '!' => 'i', '€' => 'e', var other => other };
        }
    });
}
