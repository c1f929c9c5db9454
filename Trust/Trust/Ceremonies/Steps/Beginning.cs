using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Ceremonies.Custody;
using Yinxin.Trust.Ceremonies.Journal;
using Yinxin.Trust.Keys.Software;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Ceremonies.Steps;

/// <summary>The first step: keys, certificates and CRLs of both roots, and a share for each custodian.</summary>
public static class Beginning
{
    /// <summary>How long a CRL of an offline root lasts unless somebody says otherwise.</summary>
    public static readonly TimeSpan CrlLife = TimeSpan.FromDays(180);

    /// <summary>Makes the directory; it appears whole or not at all. The shares lie in <c>shares/</c>, each encrypted to its custodian.</summary>
    /// <param name="directory">Must not be there yet.</param>
    /// <param name="settings">Names and address.</param>
    /// <param name="custodians">Certificates of the custodians.</param>
    /// <param name="threshold">How many custodians open the keys together.</param>
    /// <param name="by">Who is present.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="CeremonyException">The directory is there, or custodians, threshold or settings are refused.</exception>
    public static void Begin(string directory, CeremonySettings settings, IReadOnlyList<X509Certificate> custodians, int threshold, IReadOnlyList<string> by, TimeProvider time)
    {
        settings.Checked();
        NewDirectory.Make(directory, making =>
        {
            var files = new CeremonyFiles(making);
            var (custody, key) = Custodies.Make(files, custodians, threshold, time.GetUtcNow());
            using var sitting = new Sitting(files, settings, new CeremonyJournal(), time, by, key);
            sitting.Write(CeremonyFiles.Settings, settings.ToJson());
            sitting.Note(JournalSteps.Begun, ("settings", CeremonySettings.Digest(settings.ToJson())));
            Custodies.Tell(sitting, custody);
            foreach (var suite in Enum.GetValues<SignatureSuite>())
            {
                sitting.IssueCrl(sitting.MakeRoot(suite, 1), CrlLife);
            }

            sitting.Finish();
        });
    }
}

/// <summary>Splits a fresh key encryption key.</summary>
internal static class Custodies
{
    public static (SharedKey Custody, KeyEncryptionKey Key) Make(CeremonyFiles files, IReadOnlyList<X509Certificate> custodians, int threshold, DateTimeOffset now)
    {
        var key = RandomNumberGenerator.GetBytes(KeyEncryptionKey.Length);
        try
        {
            var (custody, shares) = SharedKey.Split(key, custodians, threshold, now);
            foreach (var (share, certificate) in shares.Zip(custodians))
            {
                using (share)
                {
                    files.Write($"{CeremonyFiles.Shares}/share-{share.Number.ToString(CultureInfo.InvariantCulture)}.cms.pem", Encoding.ASCII.GetBytes(ShareEnvelope.Seal(share, certificate)));
                }
            }

            return (custody, new KeyEncryptionKey(key));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    public static void Tell(Sitting sitting, SharedKey custody)
    {
        var json = Ceremony.CustodyToJson(custody);
        sitting.Write(CeremonyFiles.Custody, json);
        sitting.Note(
            JournalSteps.Split, ("custody", CeremonySettings.Digest(json)), ("splitting", custody.Id),
            ("threshold", custody.Threshold.ToString(CultureInfo.InvariantCulture)), ("custodians", string.Join(", ", custody.Custodians.Select(c => $"{c.Number} {c.Name}"))));
    }
}

/// <summary>A directory that appears whole or not at all.</summary>
internal static class NewDirectory
{
    public static void Make(string directory, Action<string> fill)
    {
        var place = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        var making = place + ".making";
        if (Path.Exists(place) || Path.Exists(making))
        {
            var there = Path.Exists(place) ? place : making;
            throw new CeremonyException(CeremonyException.Exists, $"{there} is there already; nothing is overwritten.", $"{there} 已存在，不会覆盖。");
        }

        PrivateFiles.CreateDirectory(making);
        try
        {
            fill(making);
            Directory.Move(making, place);
        }
        catch
        {
            Directory.Delete(making, recursive: true);
            throw;
        }
    }
}
