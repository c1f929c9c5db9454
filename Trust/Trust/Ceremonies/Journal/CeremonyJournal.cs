using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Ceremonies.Journal;

/// <summary>
/// JSON lines, each with the digest of the line before, so that none can be changed, removed or put in without breaking all that follow; the roots
/// sign the chain at the end of every step for which they were opened. Whoever keeps <see cref="Head"/> on paper finds a journal that was cut.
/// </summary>
public sealed class CeremonyJournal
{
    private const int Largest = 16 * 1024 * 1024;
    private static readonly string Zeros = new('0', 64);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly List<JournalEntry> entries = [];
    private readonly List<byte[]> lines = [];

    /// <summary>Every entry, oldest first.</summary>
    public IReadOnlyList<JournalEntry> Entries => entries;

    /// <summary>SHA-256 of the last line, hex; zeros when there is none.</summary>
    public string Head => lines.Count == 0 ? Zeros : Digest(lines[^1]);

    /// <summary>Reads a journal and checks its chain.</summary>
    /// <exception cref="CeremonyException">Broken; the message names the line (<see cref="CeremonyException.Journal"/>).</exception>
    public static CeremonyJournal Parse(ReadOnlySpan<byte> utf8)
    {
        var journal = new CeremonyJournal();
        if (utf8.Length > Largest || utf8.IsEmpty || utf8[^1] != '\n')
        {
            throw Broken(journal.lines.Count + 1);
        }

        foreach (var range in utf8[..^1].Split((byte)'\n'))
        {
            journal.Take(utf8[range].ToArray());
        }

        return journal;
    }

    /// <summary>Adds a line.</summary>
    public void Add(DateTimeOffset at, IReadOnlyList<string> by, string step, IReadOnlyDictionary<string, string> details)
    {
        var entry = new JournalEntry(entries.Count + 1, at, by, step, details, Head);
        lines.Add(JsonSerializer.SerializeToUtf8Bytes(entry, Json));
        entries.Add(entry);
    }

    /// <summary>The whole journal as UTF-8.</summary>
    public byte[] ToBytes() => [.. lines.SelectMany(l => l.Append((byte)'\n'))];

    /// <summary>What a root signs: the head, and the line that will hold the signature as far as it is known.</summary>
    public static byte[] ToBeSigned(string head, DateTimeOffset at, IReadOnlyList<string> by) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"yinxin ceremony journal\n{head}\n{at:O}\n{JsonSerializer.Serialize(by, Json)}"));

    /// <summary>Checks the roots' signatures.</summary>
    /// <param name="roots">By name, e.g. <c>root-sm-g1</c>.</param>
    /// <exception cref="CeremonyException">One is wrong, or the last line is none (<see cref="CeremonyException.Journal"/>).</exception>
    public void DemandSignatures(IReadOnlyDictionary<string, X509Certificate> roots)
    {
        var signed = entries.Where(e => e.Step == JournalSteps.SignedByRoots).ToList();
        foreach (var entry in signed)
        {
            if (entry.Details.Count == 0 || !entry.Details.All(d => roots.TryGetValue(d.Key, out var root) && IsSigned(entry, root, d.Value)))
            {
                throw Broken(entry.Number);
            }
        }

        if (signed.Count == 0 || signed[^1] != entries[^1])
        {
            throw new CeremonyException(CeremonyException.Journal, "The roots have not signed the journal's end.", "日志末尾没有根的签名。");
        }
    }

    private static bool IsSigned(JournalEntry entry, X509Certificate root, string signature)
    {
        var bytes = new byte[signature.Length];
        var key = root.SubjectPublicKeyInfo.GetDerEncoded();
        return Convert.TryFromBase64String(signature, bytes, out var length)
            && SignatureVerifier.SuiteOf(key) is { } suite
            && SignatureVerifier.Verify(key, suite, ToBeSigned(entry.Previous, entry.At, entry.By), bytes.AsSpan(0, length));
    }

    private void Take(byte[] line)
    {
        try
        {
            var entry = JsonSerializer.Deserialize<JournalEntry>(line, Json);
            if (entry is not { By: not null, Step: not null, Details: not null } || entry.By.Any(name => (object?)name is null) || entry.Details.Values.Any(text => (object?)text is null) || entry.Number != lines.Count + 1 || entry.Previous != Head)
            {
                throw Broken(lines.Count + 1);
            }

            lines.Add(line);
            entries.Add(entry);
        }
        catch (JsonException e)
        {
            throw Broken(lines.Count + 1, e);
        }
    }

    private static string Digest(ReadOnlySpan<byte> line) => Convert.ToHexStringLower(SHA256.HashData(line));

    private static CeremonyException Broken(long line, Exception? inner = null) => new(
        CeremonyException.Journal,
        FormattableString.Invariant($"The journal is broken at line {line}: a line was changed, removed or put in."),
        FormattableString.Invariant($"日志在第 {line} 行断裂：有记录被改动、删除或插入。"), inner);
}
