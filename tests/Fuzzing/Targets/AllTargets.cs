using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Asn1.Tsp;
using Org.BouncyCastle.X509;
using Yinxin.Seal.Ses;
using Yinxin.Seal.Validation;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Cms;
using Yinxin.Trust.Log;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;
using Yinxin.Trust.Validation;
using Yinxin.Trust.Validation.Policies;

namespace Yinxin.Fuzzing.Targets;

/// <summary>Every place where Trust and Seal read a stranger's bytes. A new reader gets a line here.</summary>
internal sealed class AllTargets : IDisposable
{
    private readonly Material international = new(SignatureSuite.International);
    private readonly Material sm = new(SignatureSuite.Sm);
    private readonly ProofTargets proofs;
    private readonly TextTargets texts;
    private readonly SoftwareSigner maker = SoftwareSigner.Generate(SignatureSuite.Sm);

    public AllTargets()
    {
        Material[] both = [international, sm];
        proofs = new ProofTargets(both);
        texts = new TextTargets();
        var seal = sm.Seal(maker);
        All =
        [
            new("public-key", [.. both.Select(m => m.Certificate.SubjectPublicKeyInfo.GetDerEncoded())], input => ReadKey(input), None, Never),
            new("certificate", [.. both.Select(m => m.Certificate.GetEncoded())], ReadCertificate, Documented, (_, _) => true),
            new("certificate-request", [.. both.Select(m => m.Request)], input => CertificateRequest.Read(input), Documented, (_, _) => true),
            new("certificate-revocation-list", [.. both.Select(m => m.Crl)], ReadCrl, Documented, (_, _) => true),
            new("cms-signature", [.. both.Select(m => m.Cms)], ReadCms, Documented, (_, _) => true),
            new("timestamp-request", [.. both.Select(m => m.Query)], ReadQuery, None, Never),
            new("timestamp-token", [.. both.Select(m => m.Token)], ReadToken, Documented, (_, _) => true),
            new("seal", [seal.Seal.Encoded.ToArray()], ReadSeal, Documented, (_, _) => true),
            new("seal-signature", [seal.Encoded.ToArray()], ReadSealSignature, None, (_, read) => IsForged((SealReport)read, seal)),
            Notes(),
            new("note-key", [.. NoteSigners().Select(s => Encoding.UTF8.GetBytes(s.Verifier.ToString()))], input => NoteVerifier.Parse(Encoding.UTF8.GetString(input)), Documented, Never),
            new("checkpoint", [Encoding.UTF8.GetBytes(CheckpointText)], input => Checkpoint.Parse(Encoding.UTF8.GetString(input)), Documented, Never),
            new("entry-bundle", [EntryBundle.Encode([new byte[] { 1, 2, 3 }, Array.Empty<byte>()])], input => EntryBundle.Decode(input, 2), Documented, Never),
            new("log-entry", [new LogEntry("seal.used", DateTimeOffset.UnixEpoch, new byte[32], new byte[32]).Encode()], input => LogEntry.Decode(input), Documented, Never),
            new("tile-path", [Encoding.UTF8.GetBytes("tile/0/x001/x234/067.p/8")], input => TileAddress.TryParse(Encoding.UTF8.GetString(input), out var tile) ? tile : null, None, Never),
            new("trust-bundle", [.. both.Select(m => m.Pki.Bundle().ToJson())], input => TrustBundle.Parse(input), Documented, Never),
            .. proofs.All,
            .. texts.All,
        ];
    }

    public IReadOnlyList<FuzzTarget> All { get; }

    private static string CheckpointText => $"log.example\n8\n{Convert.ToBase64String(MerkleHash.Empty())}\n";

    public void Dispose()
    {
        international.Dispose();
        sm.Dispose();
        maker.Dispose();
        texts.Dispose();
    }

    private static bool Documented(Exception exception) => exception is CryptographicException;

    private static bool None(Exception exception) => false;

    private static bool Never(byte[] input, object read) => false;

    private static bool Passed(IEnumerable<Check> checks) => Check.Overall(checks) == Outcome.Passed;

    private Material Of(SignatureSuite suite) => suite == SignatureSuite.Sm ? sm : international;

    private static SignatureSuite? ReadKey(byte[] input)
    {
        // Whatever the key is: it made no signature here.
        var suite = SignatureVerifier.SuiteOf(input);
        foreach (var algorithm in Enum.GetValues<SignatureAlgorithm>())
        {
            if (SignatureVerifier.Verify(input, algorithm, Material.Data, input.AsSpan(0, Math.Min(72, input.Length))))
            {
                throw new InvalidOperationException("A key verified a signature that nobody made.");
            }
        }

        return suite;
    }

    /// <summary>Accepted is a certificate that reaches the anchor.</summary>
    private PathResult? ReadCertificate(byte[] input)
    {
        var certificate = CertificateReading.Read(input);
        foreach (var material in (Material[])[international, sm])
        {
            var result = CertificatePath.Validate(certificate, [material.Pki.Issuing], [material.Pki.Root], new PathRequirements(DateTimeOffset.UtcNow));
            if (result.Valid)
            {
                return result;
            }
        }

        return null;
    }

    private X509Crl? ReadCrl(byte[] input)
    {
        var crl = CertificateReading.ReadCrl(input);
        return CertificatePath.IsIssuedBy(crl, international.Pki.Issuing) || CertificatePath.IsIssuedBy(crl, sm.Pki.Issuing) ? crl : null;
    }

    /// <summary>Accepted is a signature over the original by a certificate that reaches the anchor.</summary>
    private CmsReading? ReadCms(byte[] input)
    {
        var cms = CmsReading.Read(input);
        var material = Of(cms.Suite);
        var path = CertificatePath.Validate(cms.SignerCertificate, cms.Certificates, [material.Pki.Root], new PathRequirements(DateTimeOffset.UtcNow));
        return path.Valid && Passed([.. cms.Verify(material.Digest), Check.Of("embedded", "", "", cms.Certificates.All(path.Path.Contains))]) ? cms : null;
    }

    private byte[]? ReadQuery(byte[] input)
    {
        var granted = false;
        foreach (var authority in (TimestampAuthority[])[international.Tsa, sm.Tsa])
        {
            var answer = TimeStampResp.GetInstance(authority.Answer(input));
            granted |= answer.TimeStampToken is not null;
            if (answer.TimeStampToken is { } token && TimeStampReq.GetInstance(input).CertReq.IsTrue)
            {
                TimestampToken.Read(token.GetDerEncoded());
            }
        }

        return granted ? input : null;
    }

    private TimestampToken? ReadToken(byte[] input)
    {
        var token = TimestampToken.Read(input);
        return Array.Exists((Material[])[international, sm], m => token.Verify(Material.Data, ValidationMaterial.Of(AnchorPurposes.Tsa, [m.Pki.Root], m.Pki.Bundle().CertificateCrls)).All(c => c.Outcome != Outcome.Failed)) ? token : null;
    }

    private SesSeal? ReadSeal(byte[] input)
    {
        var seal = SesSeal.Read(input);
        return Passed(SealVerification.SealChecks(seal, DateTimeOffset.UtcNow, sm.Pki.Bundle())) ? seal : null;
    }

    private SealReport? ReadSealSignature(byte[] input)
    {
        var report = SealVerification.Verify(input, Digests.Sm3(Material.Data), sm.Pki.Bundle());
        return report.Outcome == Outcome.Passed ? report : null;
    }

    /// <summary>Nothing signs the helping certificates of the timestamp, and the bundle has them too: one may be missing. All else must be what it was.</summary>
    private static bool IsForged(SealReport report, SesSignature original) =>
        report.Signature is not { } read || read.Time != original.Time
        || !read.Seal.Encoded.Span.SequenceEqual(original.Seal.Encoded.Span) || !read.SignerCertificate.Span.SequenceEqual(original.SignerCertificate.Span)
        || !read.DataHash.Span.SequenceEqual(original.DataHash.Span) || !read.Signature.Span.SequenceEqual(original.Signature.Span)
        || report.SealedAt != TimestampToken.Read(original.Timestamp!.Value.Span).Time;

    private static FuzzTarget Notes()
    {
        var signers = NoteSigners();
        var note = SignedNote.Sign(CheckpointText, signers);
        return new FuzzTarget(
            "note",
            [note.Encode()],
            input =>
            {
                var read = SignedNote.Parse(input);
                return read.Verify([.. signers.Select(s => s.Verifier)]).Count > 0 ? read : null;
            },
            Documented,
            // Lines of unknown keys may come and go; the text may not.
            (_, read) => ((SignedNote)read).Text != CheckpointText);
    }

    private static INoteSigner[] NoteSigners() =>
        [Ed25519NoteSigner.ForLog("log.example", new byte[32]), Ed25519NoteSigner.ForWitness("city.example", Enumerable.Repeat((byte)1, 32).ToArray(), TimeProvider.System)];
}
