using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Ceremonies.Custody;
using Yinxin.Trust.Ceremonies.Journal;
using Yinxin.Trust.Keys.Software;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Ceremonies;

/// <summary>A root of the ceremony.</summary>
/// <param name="Name">E.g. <c>root-sm-g1</c>: name of its files and of its addresses.</param>
/// <param name="Suite">Its suite.</param>
/// <param name="Generation">From 1; the newest issues.</param>
/// <param name="Certificate">Signed by itself.</param>
public sealed record RootCertificate(string Name, SignatureSuite Suite, int Generation, X509Certificate Certificate)
{
    internal static string NameOf(SignatureSuite suite, int generation) => FormattableString.Invariant($"root-{suite.Name()}-g{generation}");
}

/// <summary>The directory of a key ceremony on a machine without a network, opened and checked: every file is as the journal says. One program at a time may have it open.</summary>
public sealed class Ceremony : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false };
    private readonly FileStream exclusive;

    private Ceremony(CeremonyFiles files, FileStream exclusive, TimeProvider time)
    {
        this.exclusive = exclusive;
        Files = files;
        Time = time;
        PendingChange.Recover(files);
        Journal = CeremonyJournal.Parse(files.Read(CeremonyFiles.Journal));
        Settings = CeremonySettings.Parse(files.Read(CeremonyFiles.Settings));
        Custody = ParseCustody(files.Read(CeremonyFiles.Custody));
        Roots = ReadRoots(files);
        DirectoryCheck.Demand(this);
    }

    /// <summary>What every certificate says alike.</summary>
    public CeremonySettings Settings { get; }

    /// <summary>Who keeps the shares.</summary>
    public SharedKey Custody { get; }

    /// <summary>What was done.</summary>
    public CeremonyJournal Journal { get; }

    /// <summary>Every generation of both suites.</summary>
    public IReadOnlyList<RootCertificate> Roots { get; }

    internal CeremonyFiles Files { get; }

    internal TimeProvider Time { get; }

    /// <summary>Opens a directory.</summary>
    /// <exception cref="CeremonyException">Not one, changed behind the journal's back, or in use.</exception>
    public static Ceremony Open(string directory, TimeProvider time)
    {
        var files = new CeremonyFiles(directory);
        _ = files.Read(CeremonyFiles.Settings);
        var exclusive = Lock(files);
        try
        {
            return new Ceremony(files, exclusive, time);
        }
        catch
        {
            exclusive.Dispose();
            throw;
        }
    }

    /// <summary>The newest root of a suite, which issues.</summary>
    public RootCertificate NewestRoot(SignatureSuite suite) => Roots.Where(r => r.Suite == suite).MaxBy(r => r.Generation)!;

    /// <summary>Opens the root keys with the custodians' shares.</summary>
    /// <param name="shares">At least as many as the threshold; the caller disposes them.</param>
    /// <param name="by">Who is present, for the journal.</param>
    /// <exception cref="CeremonyException">Shares are refused, or a key does not open.</exception>
    public Sitting Sit(IReadOnlyCollection<KeyShare> shares, IReadOnlyList<string> by)
    {
        var key = Custody.Join(shares);
        var sitting = new Sitting(Files, Settings, Journal, Time, by, new KeyEncryptionKey(key));
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(key);
        try
        {
            sitting.Note(JournalSteps.Opened, ("splitting", Custody.Id), ("shares", string.Join(',', shares.Select(s => s.Number).Distinct().Order())));
            sitting.OpenRoots(Roots);
            return sitting;
        }
        catch
        {
            sitting.Dispose();
            throw;
        }
    }

    /// <summary>Lets others open the directory.</summary>
    public void Dispose() => exclusive.Dispose();

    internal static SharedKey ParseCustody(ReadOnlySpan<byte> utf8)
    {
        try
        {
            if (JsonSerializer.Deserialize<SharedKey>(utf8, Json) is { Version: 1, Id: not null, Custodians.Count: > 0, Combinations.Count: > 0 } custody)
            {
                return custody;
            }
        }
        catch (JsonException)
        {
            // Told below.
        }

        throw new CeremonyException(CeremonyException.Directory, "The record of the splitting is malformed.", "拆分记录格式错误。");
    }

    internal static byte[] CustodyToJson(SharedKey custody) => JsonSerializer.SerializeToUtf8Bytes(custody, Json);

    private static FileStream Lock(CeremonyFiles files)
    {
        try
        {
            var path = files.PathOf("lock");
            if (!File.Exists(path))
            {
                PrivateFiles.Write(path, []);
            }

            return new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new CeremonyException(CeremonyException.Directory, "Another program has this directory open.", "该目录正被另一个程序使用。", e);
        }
    }

    internal static List<RootCertificate> ReadRoots(CeremonyFiles files) => [.. Enum.GetValues<SignatureSuite>().SelectMany(suite => ReadRoots(files, suite))];

    private static IEnumerable<RootCertificate> ReadRoots(CeremonyFiles files, SignatureSuite suite)
    {
        var generations = files.Names(CeremonyFiles.Certificates, ".pem").Select(n => n.Split("-g") is [var start, var number] && start == $"root-{suite.Name()}"
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var g) ? g : 0).Where(g => g > 0).Order();
        return generations.Select(g => new RootCertificate(RootCertificate.NameOf(suite, g), suite, g, files.ReadCertificate(RootCertificate.NameOf(suite, g))));
    }
}
