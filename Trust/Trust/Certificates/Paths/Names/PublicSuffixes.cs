using System.Globalization;

namespace Yinxin.Trust.Certificates.Paths.Names;

/// <summary>Domains below which anybody registers names, in the format of publicsuffix.org: a wildcard right below one would be good for all of them (Baseline Requirements §3.2.2.6).</summary>
public sealed class PublicSuffixes
{
    private const long LargestFile = 8 * 1024 * 1024;
    private static readonly IdnMapping Idn = new();
    private readonly HashSet<string> rules = new(StringComparer.OrdinalIgnoreCase);

    private PublicSuffixes(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            var rule = line.Split([' ', '\t'], 2)[0].Trim();
            if (rule.Length > 0 && !rule.StartsWith("//", StringComparison.Ordinal))
            {
                rules.Add(Ascii(rule));
            }
        }
    }

    /// <summary>Without a list: what every registry of a country has.</summary>
    public static PublicSuffixes Common { get; } = new([]);

    /// <summary>Reads a list, such as Debian's <c>/usr/share/publicsuffix/public_suffix_list.dat</c>.</summary>
    /// <exception cref="IOException">Missing, unreadable, or too large to be one.</exception>
    public static PublicSuffixes Load(string path) =>
        new FileInfo(path).Length <= LargestFile ? new PublicSuffixes(File.ReadLines(path)) : throw new IOException("The list of public suffixes is too large.");

    /// <summary>Whether the domain is itself a public suffix.</summary>
    public bool IsSuffix(string domain)
    {
        if (rules.Contains("!" + domain))
        {
            return false;
        }

        var dot = domain.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 || rules.Contains(domain) || rules.Contains(string.Concat("*", domain.AsSpan(dot))) || IsUnderCountry(domain, dot);
    }

    /// <summary>com.cn, co.uk and their like, where no list is at hand.</summary>
    private bool IsUnderCountry(string domain, int dot) =>
        rules.Count == 0 && domain.Length == dot + 3 && domain[..dot].ToLowerInvariant() is "co" or "com" or "net" or "org" or "gov" or "edu" or "ac" or "mil" or "ne" or "or" or "go";

    private static string Ascii(string rule)
    {
        try
        {
            return rule.All(char.IsAscii) ? rule : string.Join('.', rule.Split('.').Select(label => label.All(char.IsAscii) ? label : Idn.GetAscii(label)));
        }
        catch (ArgumentException)
        {
            return rule;
        }
    }
}
