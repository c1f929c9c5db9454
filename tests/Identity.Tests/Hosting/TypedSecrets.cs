using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Xunit;
using Yinxin.Identity.Tests.Hosting;

[assembly: AssemblyFixture(typeof(TypedSecrets))]

namespace Yinxin.Identity.Tests.Hosting;

/// <summary>
/// Hears the log of every server of the whole run, as talkative as in operation, and knows what every browser typed: at the end of the run no line may have held a password, number, name, phone, ticket
/// or link that somebody had typed before.
/// </summary>
public sealed class TypedSecrets : ILoggerProvider, IDisposable
{
    /// <summary>Fields of forms and members of addresses whose values are nobody's business.</summary>
    private static readonly HashSet<string> Fields = new(StringComparer.OrdinalIgnoreCase)
    {
        "Password", "PasswordAgain", "Current", "IdNumber", "Name", "Phone", "CardNumber", "Account", "AccountNumber", "Code", "NewCode", "FormerCode", "Ticket", "Secret", "c", "Text", "ChallengeTicket",
        "client_secret", "refresh_token", "access_token", "token", "code", "id_token_hint",
    };

    /// <summary>Shorter values (codes of six digits, user names) also stand in lines by chance.</summary>
    private const int Shortest = 9;

    /// <summary>Names of persons are short, but no line of a log is Chinese.</summary>
    private const int ShortestName = 2;

    private static readonly SearchValues<char> Borders = SearchValues.Create(" \t\r\n\"'=&,;()[]{}<>?|/:`");
    private static readonly ConcurrentDictionary<string, string> Typed = new(StringComparer.Ordinal);
    private static readonly ConcurrentQueue<string> Found = new();
    private static long lines;

    /// <summary>Remembers what is about to be sent.</summary>
    public static void Remember(IEnumerable<KeyValuePair<string, string>> fields)
    {
        foreach (var (field, value) in fields)
        {
            var shortest = value.Length > 0 && value[0] > '\u2E80' ? ShortestName : Shortest;
            if (Fields.Contains(field) && value.Length >= shortest && value.AsSpan().IndexOfAny(Borders) < 0)
            {
                Typed.TryAdd(value.StartsWith("+86", StringComparison.Ordinal) ? value[3..] : value, field);
            }
        }
    }

    /// <summary>Remembers what an address carries.</summary>
    public static void Remember(string url)
    {
        if (url.IndexOf('?', StringComparison.Ordinal) is var start and >= 0)
        {
            Remember(url[(start + 1)..].Split('&').Select(p => p.Split('=', 2)).Where(p => p.Length == 2).Select(p => KeyValuePair.Create(p[0], Uri.UnescapeDataString(p[1]))));
        }
    }

    public ILogger CreateLogger(string categoryName) => new Ear(categoryName);

    /// <summary>At the end of the run.</summary>
    public void Dispose()
    {
        if (!Found.IsEmpty || (Typed.Count > 100 && Interlocked.Read(ref lines) == 0))
        {
            throw new InvalidOperationException($"The logs ({lines} lines) hold what was typed:\n{string.Join('\n', Found.Take(20))}");
        }
    }

    private static void Hear(string category, string line)
    {
        Interlocked.Increment(ref lines);
        var rest = line.AsSpan();
        var lookup = Typed.GetAlternateLookup<ReadOnlySpan<char>>();
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOfAny(Borders);
            var word = (end < 0 ? rest : rest[..end]).TrimEnd('.');
            if (word.StartsWith("+86") || word.StartsWith("%2B86"))
            {
                word = word[(word.IndexOf('6') + 1)..];
            }

            if (word.Length >= ShortestName && lookup.TryGetValue(word, out var field))
            {
                Found.Enqueue($"{field}: {category}: {line}");
            }

            rest = end < 0 ? [] : rest[(end + 1)..];
        }
    }

    private sealed class Ear(string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            Hear(category, state.ToString() ?? "");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Hear(category, $"{formatter(state, exception)} {exception}");
    }
}
