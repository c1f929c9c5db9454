using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Ceremonies.Custody;
using Yinxin.Trust.Ceremonies.Journal;
using Yinxin.Trust.Keys.Software;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Ceremonies.Steps;

/// <summary>The whole ceremony in one file, under a fresh key with shares of its own: for another place, or for other custodians.</summary>
public static class Backup
{
    private const string File = "backup.json";
    private const int Largest = 64 * 1024 * 1024;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false };

    /// <summary>Makes a directory with <c>backup.json</c> and <c>shares/</c>.</summary>
    /// <param name="ceremony">What is backed up.</param>
    /// <param name="sitting">Its opened keys; this finishes it.</param>
    /// <param name="directory">Must not be there yet.</param>
    /// <param name="custodians">Who keeps the backup's shares.</param>
    /// <param name="threshold">How many of them restore it.</param>
    /// <exception cref="CeremonyException">Custodians or threshold are refused, or the directory is there.</exception>
    public static void Make(Ceremony ceremony, Sitting sitting, string directory, IReadOnlyList<X509Certificate> custodians, int threshold) => NewDirectory.Make(directory, making =>
    {
        var folder = new CeremonyFiles(making);
        var (custody, key) = Custodies.Make(folder, custodians, threshold, sitting.Now);
        using (key)
        {
            sitting.Note(JournalSteps.BackedUp, ("splitting", custody.Id), ("threshold", threshold.ToString(CultureInfo.InvariantCulture)), ("custodians", string.Join(", ", custody.Custodians.Select(c => $"{c.Number} {c.Name}"))));
            sitting.Finish();
            var files = ceremony.Files.All.Where(f => f != CeremonyFiles.Custody && !f.StartsWith(CeremonyFiles.Keys, StringComparison.Ordinal)).ToDictionary(f => f, ceremony.Files.Read, StringComparer.Ordinal);
            foreach (var (keyId, pkcs8) in sitting.ExportKeys())
            {
                files[$"{CeremonyFiles.Keys}/{keyId}"] = key.Close(pkcs8, keyId);
                CryptographicOperations.ZeroMemory(pkcs8);
            }

            folder.Write(File, JsonSerializer.SerializeToUtf8Bytes(new Content(1, custody, files, Tag(key, files)), Json));
        }
    });

    /// <summary>Makes a ceremony's directory out of a backup, after every key was opened and found to fit its certificate.</summary>
    /// <param name="backup">The file.</param>
    /// <param name="shares">Shares of the backup, at least as many as its threshold.</param>
    /// <param name="directory">Must not be there yet.</param>
    /// <param name="by">Who is present.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="CeremonyException">Shares or backup are refused.</exception>
    public static void Restore(string backup, IReadOnlyCollection<KeyShare> shares, string directory, IReadOnlyList<string> by, TimeProvider time)
    {
        var content = Read(backup);
        var kek = content.Custody.Join(shares);
        using var key = new KeyEncryptionKey(kek);
        CryptographicOperations.ZeroMemory(kek);
        if (!CryptographicOperations.FixedTimeEquals(content.Tag, Tag(key, content.Files)))
        {
            throw Refused("was changed after it was made", "在制作后被改动");
        }

        NewDirectory.Make(directory, making =>
        {
            var files = new CeremonyFiles(making);
            foreach (var (name, bytes) in content.Files.Where(f => !IsKey(f.Key)))
            {
                files.Write(name, bytes);
            }

            ImportKeys(files, key, content.Files);
            var journal = CeremonyJournal.Parse(content.Files[CeremonyFiles.Journal]);
            var settings = CeremonySettings.Parse(content.Files[CeremonyFiles.Settings]);
            using (var sitting = new Sitting(files, settings, journal, time, by, key))
            {
                sitting.Note(JournalSteps.Restored, ("splitting", content.Custody.Id), ("shares", string.Join(',', shares.Select(s => s.Number).Distinct().Order())));
                Custodies.Tell(sitting, content.Custody);
                sitting.OpenRoots(Ceremony.ReadRoots(files));
                sitting.Finish();
            }

            // Judged as a directory of its own before it appears.
            Ceremony.Open(making, time).Dispose();
        });
    }

    private static bool IsKey(string name) => name.StartsWith(CeremonyFiles.Keys + "/", StringComparison.Ordinal);

    private static void ImportKeys(CeremonyFiles files, KeyEncryptionKey key, IReadOnlyDictionary<string, byte[]> content)
    {
        var store = new SoftwareKeyStore(files.PathOf(CeremonyFiles.Keys), key);
        foreach (var (name, closed) in content.Where(f => IsKey(f.Key)))
        {
            var pkcs8 = key.Open(closed, name[(CeremonyFiles.Keys.Length + 1)..]);
            using var signer = SoftwareSigner.FromPkcs8(pkcs8);
            CryptographicOperations.ZeroMemory(pkcs8);
            store.Import(signer, "restored");
        }
    }

    private static Content Read(string backup)
    {
        try
        {
            var file = new FileInfo(backup);
            if (file is { Exists: true, Length: <= Largest }
                && JsonSerializer.Deserialize<Content>(System.IO.File.ReadAllBytes(backup), Json) is { Version: 1, Custody: not null, Files: not null, Tag: not null } content
                && content.Files.ContainsKey(CeremonyFiles.Journal) && content.Files.ContainsKey(CeremonyFiles.Settings)
                && content.Files.Keys.All(name => CeremonyFiles.IsOurs(IsKey(name) ? name + ".key.json" : name)))
            {
                return content with { Custody = Ceremony.ParseCustody(Ceremony.CustodyToJson(content.Custody)) };
            }
        }
        catch (JsonException)
        {
            // Told below.
        }

        throw Refused("cannot be read as one", "无法读取");
    }

    /// <summary>Over every name and content: only who joined the shares could have made it.</summary>
    private static byte[] Tag(KeyEncryptionKey key, IReadOnlyDictionary<string, byte[]> files)
    {
        var list = string.Join('\n', files.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key} {CeremonySettings.Digest(f.Value)}"));
        return key.Authenticate(Encoding.ASCII.GetBytes("yinxin ceremony backup\n" + list));
    }

    private static CeremonyException Refused(string english, string chinese) => new(CeremonyException.Backup, $"The backup {english}.", $"备份{chinese}。");

    private sealed record Content(int Version, SharedKey Custody, Dictionary<string, byte[]> Files, byte[] Tag);
}
