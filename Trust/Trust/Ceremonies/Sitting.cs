using System.Globalization;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Ceremonies.Journal;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Keys;
using Yinxin.Trust.Keys.Software;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Ceremonies;

/// <summary>
/// The root keys are open. Whatever is issued is collected, told to the journal, signed there by every root at the end, and only then written:
/// <see cref="Finish"/> is the one irreversible step. Without it nothing has happened. Disposing wipes the keys.
/// </summary>
public sealed class Sitting : IDisposable
{
    private readonly CeremonyFiles files;
    private readonly CeremonySettings settings;
    private readonly CeremonyJournal journal;
    private readonly TimeProvider time;
    private readonly IReadOnlyList<string> by;
    private readonly KeyEncryptionKey key;
    private readonly SoftwareKeyStore store;
    private readonly Dictionary<string, byte[]> writes = new(StringComparer.Ordinal);
    private readonly List<(RootCertificate Root, ISigner Signer)> roots = [];

    internal Sitting(CeremonyFiles files, CeremonySettings settings, CeremonyJournal journal, TimeProvider time, IReadOnlyList<string> by, KeyEncryptionKey key)
    {
        (this.files, this.settings, this.journal, this.time, this.by, this.key) = (files, settings, journal, time, by, key);
        store = new SoftwareKeyStore(files.PathOf(CeremonyFiles.Keys), key);
    }

    /// <summary>Names of what was issued in this sitting, without folder and ending.</summary>
    public IReadOnlyList<string> Issued => [.. writes.Keys.Where(k => k.StartsWith("public/", StringComparison.Ordinal)).Select(k => Path.GetFileNameWithoutExtension(k)).Distinct(StringComparer.Ordinal)];

    internal IReadOnlyList<RootCertificate> Roots => [.. roots.Select(r => r.Root)];

    internal DateTimeOffset Now => DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());

    internal CeremonySettings Settings => settings;

    /// <summary>Writes the journal and everything that was issued, all or nothing.</summary>
    public void Finish()
    {
        var at = time.GetUtcNow();
        var signed = CeremonyJournal.ToBeSigned(journal.Head, at, by);
        journal.Add(at, by, JournalSteps.SignedByRoots, roots.ToDictionary(r => r.Root.Name, r => Convert.ToBase64String(r.Signer.Sign(signed)), StringComparer.Ordinal));
        writes[CeremonyFiles.Journal] = journal.ToBytes();
        PendingChange.Commit(files, writes);
    }

    /// <summary>Wipes the keys.</summary>
    public void Dispose()
    {
        foreach (var (_, signer) in roots)
        {
            (signer as IDisposable)?.Dispose();
        }

        key.Dispose();
        store.Dispose();
    }

    internal void Note(string step, params (string Name, string Value)[] details) =>
        journal.Add(time.GetUtcNow(), by, step, details.ToDictionary(d => d.Name, d => d.Value, StringComparer.Ordinal));

    internal void Write(string name, byte[] content) => writes[name] = content;

    internal void OpenRoots(IEnumerable<RootCertificate> certificates)
    {
        foreach (var root in certificates)
        {
            var keyId = new OfflineSigner(root.Certificate).KeyId;
            var signer = store.Find(keyId) ?? throw new CeremonyException(CeremonyException.Directory, $"The key of {root.Name} is missing.", $"缺少 {root.Name} 的私钥。");
            roots.Add((root, signer));
            CertificateKeys.RequireMatch(signer, root.Certificate);
        }
    }

    /// <summary>Each root key as PKCS#8, by key id; the caller wipes them.</summary>
    internal IEnumerable<(string KeyId, byte[] Pkcs8)> ExportKeys() => roots.Select(r => (r.Signer.KeyId, ((SoftwareSigner)r.Signer).ExportPkcs8()));

    internal CertificateIssuer IssuerOf(RootCertificate root) => new(roots.Single(r => r.Root.Name == root.Name).Signer, root.Certificate);

    internal RootCertificate NewestRoot(SignatureSuite suite) => Roots.Where(r => r.Suite == suite).MaxBy(r => r.Generation)!;

    internal RootCertificate MakeRoot(SignatureSuite suite, int generation)
    {
        var profile = CertificateProfile.All["offline-root"];
        var name = RootCertificate.NameOf(suite, generation);
        var signer = store.Create(suite.FirstAlgorithm(), name);
        var subject = DistinguishedName.Of(settings.Organisation, settings.CommonName(suite, generation));
        var certificate = new CertificateIssuer(signer).Issue(new CertificateContent(profile, subject, signer.PublicKey, Now, Now.AddDays(profile.ValidityDays)));
        var root = new RootCertificate(name, suite, generation, certificate);
        roots.Add((root, signer));
        Keep(name, certificate);
        return root;
    }

    /// <summary>A CA certificate below a root; it ends with the root at the latest.</summary>
    internal void IssueAuthority(string name, RootCertificate root, string profileName, X509Name subject, ReadOnlyMemory<byte> publicKey, DateTimeOffset? end = null)
    {
        var profile = CertificateProfile.All[profileName];
        var rootEnd = new DateTimeOffset(root.Certificate.NotAfter, TimeSpan.Zero);
        var latest = new[] { Now.AddDays(profile.ValidityDays), rootEnd, end ?? rootEnd }.Min();
        var content = new CertificateContent(profile, subject, publicKey, Now, latest, settings.CrlAddress(root.Name), settings.CertificateAddress(root.Name));
        Keep(name, IssuerOf(root).Issue(content));
    }

    /// <summary>The full CRL of a root: what the journal says is revoked.</summary>
    internal void IssueCrl(RootCertificate root, TimeSpan life)
    {
        var file = CeremonyFiles.Crl(root.Name);
        var number = journal.Entries.Count(e => e.Step == JournalSteps.Issued && e.Details.GetValueOrDefault("file") == file) + 1;
        var revoked = journal.Entries.Where(e => e.Step == JournalSteps.Revoked && e.Details.GetValueOrDefault("issuer") == root.Name)
            .Select(e => (new BigInteger(e.Details["serial"], 16), DateTimeOffset.FromUnixTimeSeconds(e.At.ToUnixTimeSeconds()), int.Parse(e.Details["reason"], CultureInfo.InvariantCulture)));
        var crl = IssuerOf(root).IssueCrl(revoked, number, Now, Now + life);
        writes[file] = crl;
        Note(JournalSteps.Issued, ("file", file), ("digest", CeremonySettings.Digest(crl)), ("nextUpdate", (Now + life).ToString("O", CultureInfo.InvariantCulture)));
    }

    private void Keep(string name, X509Certificate certificate)
    {
        var file = CeremonyFiles.Certificate(name);
        var pem = CeremonyFiles.Pem("CERTIFICATE", certificate.GetEncoded());
        writes[file] = pem;
        Note(
            JournalSteps.Issued, ("file", file), ("digest", CeremonySettings.Digest(pem)), ("subject", certificate.SubjectDN.ToString()),
            ("serial", certificate.SerialNumber.ToString(16)), ("notAfter", certificate.NotAfter.ToString("O", CultureInfo.InvariantCulture)));
    }
}
