using System.Collections.Frozen;
using System.Text.Json;

namespace Yinxin.Identity.Server.Features.Passwords;

/// <summary>
/// The 49,000 commonest passwords of published leaks, in the order of their frequency: the list of zxcvbn-ts (MIT), fetched when the project is built. A look-up at a
/// service would tell it when somebody of the province changes a password, and would not work offline.
/// </summary>
internal static class LeakedPasswords
{
    private static readonly Lazy<FrozenDictionary<string, int>> Ranks = new(Read);

    /// <summary>1 for the commonest; null for one that is not on the list.</summary>
    /// <param name="lower">In lower case, as the list is.</param>
    public static int? RankOf(string lower) => Ranks.Value.TryGetValue(lower, out var rank) ? rank : null;

    /// <summary>Without a copy of the part that is looked up.</summary>
    public static int? RankOf(ReadOnlySpan<char> lower) => Ranks.Value.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(lower, out var rank) ? rank : null;

    private static FrozenDictionary<string, int> Read()
    {
        using var stream = typeof(LeakedPasswords).Assembly.GetManifestResourceStream("passwords/leaked.json")!;
        var list = JsonSerializer.Deserialize<List<string>>(stream)!;
        var ranks = new Dictionary<string, int>(list.Count, StringComparer.Ordinal);
        for (var i = 0; i < list.Count; i++)
        {
            ranks.TryAdd(list[i].ToLowerInvariant(), i + 1);
        }

        return ranks.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
