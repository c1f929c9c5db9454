using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.X509;
using Yinxin.Testing;
using Yinxin.Trust.Ceremonies;
using Yinxin.Trust.Ceremonies.Custody;
using Yinxin.Trust.Ceremonies.Journal;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Suites;
using Yinxin.Trust.TrustLists;
using Yinxin.Trust.Validation.Policies;

namespace Yinxin.Fuzzing.Targets;

/// <summary>JSON and text that strangers, other schemes and custodians hand in.</summary>
internal sealed class TextTargets : IDisposable
{
    private static readonly DateTimeOffset Issued = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly SoftwareSigner key = SoftwareSigner.Generate(SignatureSuite.Sm);
    private readonly ECDsa custodian = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate root;

    public TextTargets()
    {
        root = new CertificateIssuer(key).Issue(TestPki.Content("root", key, "Root") with { NotBefore = Issued.AddYears(-1), NotAfter = Issued.AddYears(20) });
        var share = new KeyShare(1, new string('a', 32), 1, "张三", 2, 3, new byte[32]);
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=custodian", custodian, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var pkcs8 = custodian.ExportPkcs8PrivateKey();
        var (journal, list) = (Journal(), TrustListSignature.Sign(List(), key, root));
        All =
        [
            new("opened-share", [share.ToJson()], input => KeyShare.Parse(input), Documented, Never),
            new("sealed-share", [Encoding.ASCII.GetBytes(ShareEnvelope.Seal(share, new X509Certificate(certificate.RawData)))], input => ShareEnvelope.Open(Encoding.UTF8.GetString(input), pkcs8), Documented, Never),
            new("ceremony-settings", [new CeremonySettings(1, "测试", "测试", new Uri("https://trust.example")).ToJson()], input => CeremonySettings.Parse(input), Documented, Never),
            new("ceremony-journal", [journal], ReadJournal, Documented, (input, _) => !IsSame(input, journal, (byte)'\n')),
            new("trust-list", [Encoding.ASCII.GetBytes(list)], input => TrustListSignature.Verify(Encoding.UTF8.GetString(input), [PathCertificate.Of(root)]).List, e => e is TrustListException,
                (input, _) => !IsSame(input, Encoding.ASCII.GetBytes(list), (byte)'.')),
            new("trust-list-json", [TrustListJson.Write(List())], input => TrustListJson.Read(input), e => e is TrustListException, Never),
            new("validation-policy", [Policy()], input => ValidationPolicy.Parse(input), e => e is ValidationPolicyException, Never),
        ];
    }

    public IReadOnlyList<FuzzTarget> All { get; }

    public void Dispose()
    {
        key.Dispose();
        custodian.Dispose();
    }

    private static bool Documented(Exception exception) => exception is CryptographicException;

    private static bool Never(byte[] input, object read) => false;

    /// <summary>All that is signed stands before the last separator; the signature itself may have a second form.</summary>
    private static bool IsSame(ReadOnlySpan<byte> input, ReadOnlySpan<byte> original, byte separator) =>
        input.StartsWith(original[..(original.TrimEnd(separator).LastIndexOf(separator) + 1)]);

    private byte[] Journal()
    {
        var journal = new CeremonyJournal();
        string[] by = ["张三", "李四"];
        journal.Add(Issued, by, "created", new Dictionary<string, string> { ["root"] = "sm" });
        var signature = Convert.ToBase64String(key.Sign(CeremonyJournal.ToBeSigned(journal.Head, Issued, by)));
        journal.Add(Issued, by, JournalSteps.SignedByRoots, new Dictionary<string, string> { ["root"] = signature });
        return journal.ToBytes();
    }

    private CeremonyJournal ReadJournal(byte[] input)
    {
        var journal = CeremonyJournal.Parse(input);
        journal.DemandSignatures(new Dictionary<string, X509Certificate> { ["root"] = root });
        return journal;
    }

    private TrustList List()
    {
        LocalizedText[] name = [new("zh", "测试"), new("en", "Test")];
        var pinned = PathCertificate.Of(root);
        return new TrustList(
            new TrustListScheme
            {
                SequenceNumber = 1,
                OperatorName = name,
                Name = name,
                Territory = "CN-AH",
                IssuedAt = Issued,
                NextUpdate = Issued.AddDays(30),
                Pointers = [new TrustListPointer(new Uri("https://trust.example/list"), [pinned], TrustListTerms.ListType, name, "CN-JS")],
            },
            [new TrustedEntity(name, [new TrustService(TrustListTerms.DocumentSigner, name, [pinned], new ServiceStatus(TrustListTerms.Granted, Issued), [new ServiceStatus(TrustListTerms.Withdrawn, Issued.AddYears(-1))])])]);
    }

    private static byte[] Policy() => [.. """
        { "name": "a", "version": "1", "signers": { "signature": { "anchors": ["document-signer"], "keyUsage": ["nonRepudiation"], "purpose": "1.2.3", "certificatePolicies": ["1.2.4"], "suites": ["sm"] } },
          "freshnessHours": 24, "listsKeepExpired": true, "timestampDelayHours": 24, "levels": { "certificate.fresh": "warn" },
          "algorithms": [{ "algorithm": "RSA", "bitsBelow": 2048, "until": "2020-01-01", "source": "s" }, { "hash": "SHA-1", "never": true, "source": "s" }] }
        """u8];
}
