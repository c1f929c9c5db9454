using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.RegularExpressions;

namespace Yinxin.Testing.Overhearing;

/// <summary>
/// What no line of a log and no span may hold: whom the sandbox's registers know, what anybody typed, and the codes of text messages. Lines are looked at as they come and are not kept;
/// of one that held something its place is noted and never the secret; <c>YINXIN_EAR_SHOWS=1</c> adds what stands before it.
/// </summary>
public sealed partial class KnownSecrets
{
    /// <summary>Fields of forms and members of addresses whose values are nobody's business.</summary>
    private static readonly HashSet<string> Fields = new(StringComparer.OrdinalIgnoreCase)
    {
        "Password", "PasswordAgain", "Current", "IdNumber", "Name", "Phone", "CardNumber", "Account", "AccountNumber", "Code", "NewCode", "FormerCode", "Ticket", "Secret", "c", "Text", "ChallengeTicket",
        "client_secret", "refresh_token", "access_token", "token", "code", "id_token_hint",
    };

    /// <summary>Shorter values (user names, counts) also stand in lines by chance; codes of six digits are looked for in their own way.</summary>
    private const int Shortest = 9;

    /// <summary>Names of persons are short, but no line of a log is Chinese.</summary>
    private const int ShortestName = 2;

    private const int LengthOfCode = 6;

    private const int ShownBefore = 60, MostFound = 200;

    private static readonly bool ShowsBefore = Environment.GetEnvironmentVariable("YINXIN_EAR_SHOWS") == "1";

    /// <summary>What is heard before the register is known waits for it, so that a start is heard as well.</summary>
    private const int MostWaiting = 20_000;

    /// <summary>The account at the housing fund of the register's first person is also the code of the province.</summary>
    private const string Province = "340000000000";

    private static readonly SearchValues<char> Borders = SearchValues.Create(" \t\r\n\"'=&,;()[]{}<>?|/:`");
    private readonly ConcurrentDictionary<string, string> typed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> codes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> sixDigits = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(string Place, string Text)> waiting = new();
    private readonly ConcurrentDictionary<string, string> found = new(StringComparer.Ordinal);
    private volatile SearchValues<string>? register;

    /// <summary>Those of all servers of this process.</summary>
    public static KnownSecrets OfRun { get; } = new();

    public bool KnowsRegister => register is not null;

    /// <summary>Where something was found, and what kind of thing.</summary>
    public IReadOnlyList<string> Found()
    {
        LookAtWaiting();
        foreach (var (digits, place) in sixDigits)
        {
            if (codes.ContainsKey(digits))
            {
                Note("code", place);
            }
        }

        return [.. found.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>Learns everybody in the sandbox's registers, which follow from a seed and are the same for every server of a process.</summary>
    /// <param name="sandbox">A client with the sandbox's address and key.</param>
    /// <param name="others">Names of further people, of whom each server has its own.</param>
    public async Task LearnRegisterAsync(HttpClient sandbox, params IEnumerable<string> others)
    {
        List<string> names = [.. others];
        foreach (var name in names)
        {
            Learn("name", name);
        }

        if (register is null)
        {
            var persons = await sandbox.GetFromJsonAsync<List<Person>>(new Uri("/directory/v1/persons?take=2000", UriKind.Relative));
            var theirs = persons!.SelectMany(p => new[] { p.Name, p.IdNumber, p.IdNumber.ToLowerInvariant(), p.Phone, p.BankCard, p.HousingFund });
            LearnPeople([.. theirs.Where(t => t != Province), .. names]);
        }
    }

    /// <summary>Names and numbers, which are found within words too.</summary>
    public void LearnPeople(params string[] namesAndNumbers)
    {
        register = SearchValues.Create(namesAndNumbers, StringComparison.Ordinal);
        LookAtWaiting();
    }

    /// <summary>A password or key that nobody types in this process, as a whole word.</summary>
    public void Learn(string kind, string secret) => typed.TryAdd(secret, kind);

    /// <summary>The code in a text message.</summary>
    public void LearnMessage(string text)
    {
        foreach (var code in Code().EnumerateMatches(text))
        {
            codes.TryAdd(text[code.Index..(code.Index + code.Length)], "message");
        }
    }

    /// <summary>Remembers what is about to be sent.</summary>
    public void LearnFields(IEnumerable<KeyValuePair<string, string>> fields)
    {
        foreach (var (field, value) in fields)
        {
            if (!Fields.Contains(field) || IsUserName(field, value))
            {
                continue;
            }

            var shortest = value.Length > 0 && value[0] > '\u2E80' ? ShortestName : Shortest;
            if (value.Length >= shortest && value.AsSpan().IndexOfAny(Borders) < 0)
            {
                typed.TryAdd(value.StartsWith("+86", StringComparison.Ordinal) ? value[3..] : value, field);
            }
            else if (IsCode(value))
            {
                codes.TryAdd(value, field);
            }
        }
    }

    /// <summary>Remembers what an address carries.</summary>
    public void LearnAddress(string url)
    {
        if (url.IndexOf('?', StringComparison.Ordinal) is var start and >= 0)
        {
            LearnForm(url[(start + 1)..]);
        }
    }

    /// <summary>Remembers a form as it is sent.</summary>
    public void LearnForm(string form) => LearnFields(
        form.Split('&').Select(p => p.Split('=', 2)).Where(p => p.Length == 2).Select(p => KeyValuePair.Create(p[0], Uri.UnescapeDataString(p[1].Replace('+', ' ')))));

    /// <summary>Looks through what was said.</summary>
    /// <param name="place">Who said it and by which template, without the values in it.</param>
    /// <param name="text">All of it.</param>
    public void Look(string place, string text)
    {
        LookOnce(place, text);

        // Names and signs are written otherwise in addresses and in JSON.
        if (text.Contains('%', StringComparison.Ordinal))
        {
            LookOnce(place, Uri.UnescapeDataString(text));
        }

        if (text.Contains("\\u", StringComparison.Ordinal))
        {
            LookOnce(place, Escaped().Replace(text, m => ((char)int.Parse(m.ValueSpan[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString()));
        }
    }

    /// <summary>Looks at one value of a structured line or one tag of a span: a code is a text of its own, not a number that has six digits.</summary>
    public void LookAtValue(string place, object? value)
    {
        if (value is string text && IsCode(text))
        {
            sixDigits.TryAdd(text, place);
        }
    }

    /// <summary>The sign-in's field bears the same name; what one signs in with is no secret, and may be the word of a role.</summary>
    private static bool IsUserName(string field, string value) => string.Equals(field, "Name", StringComparison.OrdinalIgnoreCase) && value.All(char.IsAscii);

    private static bool IsCode(string text) => text.Length == LengthOfCode && text.All(char.IsAsciiDigit);

    private void LookOnce(string place, string text)
    {
        LookForWords(place, text);
        LookForCodes(place, text);
        if (register is { } people)
        {
            LookForPeople(people, place, text);
        }
        else if (waiting.Count < MostWaiting)
        {
            waiting.Enqueue((place, text));
        }
    }

    private void LookForWords(string place, string text)
    {
        var rest = text.AsSpan();
        var lookup = typed.GetAlternateLookup<ReadOnlySpan<char>>();
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOfAny(Borders);
            var word = (end < 0 ? rest : rest[..end]).TrimEnd('.');
            if (word.StartsWith("+86"))
            {
                word = word[3..];
            }

            if (word.Length >= ShortestName && lookup.TryGetValue(word, out var field))
            {
                Note(field, place + Before(text, text.Length - rest.Length));
            }

            rest = end < 0 ? [] : rest[(end + 1)..];
        }
    }

    private void LookForCodes(string place, string text)
    {
        foreach (Match match in NamedCode().Matches(text))
        {
            sixDigits.TryAdd(match.Groups["code"].Value, place);
        }
    }

    private void LookForPeople(SearchValues<string> people, string place, string text)
    {
        var at = text.AsSpan().IndexOfAny(people);
        if (at >= 0)
        {
            Note(char.IsAsciiDigit(text[at]) ? "a person's number" : "a person's name", place + Before(text, at));
        }
    }

    private void LookAtWaiting()
    {
        while (register is { } people && waiting.TryDequeue(out var heard))
        {
            LookForPeople(people, heard.Place, heard.Text);
        }
    }

    /// <summary>What leads to the secret, by which whoever wrote it is found. It may hold another, so only where somebody looks for it on his own machine.</summary>
    private static string Before(string text, int at) => ShowsBefore ? $", after «{text[Math.Max(0, at - ShownBefore)..at]}»" : "";

    private void Note(string kind, string place)
    {
        if (found.Count < MostFound)
        {
            found.TryAdd($"{kind}: {place}", place);
        }
    }

    private sealed record Person(string IdNumber, string Name, string Phone, string BankCard, string HousingFund);

    [GeneratedRegex("(?<![0-9])[0-9]{6}(?![0-9])", RegexOptions.None, 60_000)]
    private static partial Regex Code();

    /// <summary><c>code=123456</c>, <c>"code":"123456"</c>, <c>验证码 123456</c>.</summary>
    [GeneratedRegex("(?:code|验证码)[\"'\\s]*[=:：]?[\"'\\s]*(?<code>[0-9]{6})(?![0-9])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 60_000)]
    private static partial Regex NamedCode();

    [GeneratedRegex("\\\\u[0-9a-fA-F]{4}", RegexOptions.None, 60_000)]
    private static partial Regex Escaped();
}
