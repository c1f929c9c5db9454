using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Tsp;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Certificates.Paths.Revocation;
using Yinxin.Trust.Cms.Cades;
using Yinxin.Trust.Evidence;
using Yinxin.Trust.Ocsp;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation;
using Yinxin.Trust.Validation.Evidence;
using Yinxin.Trust.Validation.Policies;
using EvidenceRecord = Yinxin.Trust.Evidence.EvidenceRecord;

namespace Yinxin.Fuzzing.Targets;

/// <summary>What comes in with a signature to be validated: certificates, revocation data, evidence.</summary>
internal sealed class ProofTargets
{
    private readonly IReadOnlyList<Material> both;
    private readonly Dictionary<string, OcspAnswer> answers = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<DateTimeOffset> since;

    public ProofTargets(IReadOnlyList<Material> both)
    {
        this.both = both;
        IReadOnlyList<byte[]> records = [.. both.Select(Record)];
        since = [.. records.Select(r => EvidenceRecord.Parse(r).Since)];
        All =
        [
            new("ocsp-request", [.. both.Select(m => new OcspRequest([CertificateId.Of(m.Certificate.SerialNumber, m.Pki.Issuing, HashFunction.Sha256)], OcspRequest.NewNonce()).Encode())], input => OcspRequest.Read(input), Documented, Never),
            new("ocsp-response", [.. both.Select(Response)], ReadResponse, Documented, IsOtherAnswer),
            new("path-certificate", [.. both.Select(m => m.Certificate.GetEncoded())], ReadCertificate, Documented, (_, _) => true),
            new("revocation-list", [.. both.Select(m => m.GoodCrl)], ReadList, Documented, (_, _) => true),
            new("cades-signature", [.. both.Select(m => m.Cms)], ReadCades, None, (_, read) => !both.Any(m => CadesReader.Read(m.Cms, Content)[0].Value.Span.SequenceEqual(((ValidationResult)read).Signature.Value.Span))),
            new("evidence-record", records, ReadRecord, Documented, (_, read) => !since.Contains(((EvidenceRecord)read).Since)),
            new("evidence-of-signature", [.. both.Select(m => m.Record([m.Cms]))], ReadEvidence, None, (_, read) => ((ValidationResult)read).EvidenceRecords[0].Since > DateTimeOffset.UtcNow),
        ];
    }

    public IReadOnlyList<FuzzTarget> All { get; }

    private static DetachedContent Content => DetachedContent.Of(Material.Data);

    private static bool Documented(Exception exception) => exception is CryptographicException;

    private static bool None(Exception exception) => false;

    private static bool Never(byte[] input, object read) => false;

    private static byte[] Record(Material material) => material.Record([Material.Data]);

    private byte[] Response(Material material)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        var answer = new OcspAnswer(CertificateId.Of(material.Certificate.SerialNumber, material.Pki.Issuing, HashFunction.Sha256), OcspCertificateStatus.Good, now, now.AddDays(1));
        answers[material.Suite.Name()] = answer;
        return new OcspResponder(material.StampingKey, material.Pki.Issue("ocsp-responder", material.StampingKey)).Sign([answer], now);
    }

    private OcspAnswer? ReadResponse(byte[] input)
    {
        var response = OcspResponse.Read(input);
        return both.Select(m => response.Verify(new OcspExpectation(m.Certificate, m.Pki.Issuing, DateTimeOffset.UtcNow)).Answer).FirstOrDefault(a => a is not null);
    }

    /// <summary>Nothing signs the helping certificates; what the responder said must be what it said.</summary>
    private bool IsOtherAnswer(byte[] input, object read)
    {
        var answer = (OcspAnswer)read;
        return !answers.Values.Any(a => a.Status == answer.Status && a.ThisUpdate == answer.ThisUpdate && a.NextUpdate == answer.NextUpdate);
    }

    private PathOutcome? ReadCertificate(byte[] input)
    {
        var certificate = PathCertificate.Read(input);
        return both.Select(m => PathValidator.Validate(
            PathProfile.Platform, new PathRequest(certificate, [PathCertificate.Of(m.Pki.Issuing)], [PathCertificate.Of(m.Pki.Root)], DateTimeOffset.UtcNow))).FirstOrDefault(o => o.Valid);
    }

    /// <summary>Accepted is a list that lets a signature pass for which nothing else speaks.</summary>
    private ValidationResult? ReadList(byte[] input)
    {
        var list = new CrlEvidence(RevocationList.Read(input));
        return both.Select(m =>
        {
            var all = ValidationMaterial.Of(m.Bundle);
            return Validate(m, m.Cms, all with { Revocation = [.. all.Revocation.Where(r => !r.MaySpeakFor(PathCertificate.Of(m.Certificate))), list] });
        }).FirstOrDefault(r => r.Conclusion.IsPassed);
    }

    private ValidationResult? ReadCades(byte[] input) => both.Select(m => Validate(m, input, ValidationMaterial.Of(m.Bundle))).FirstOrDefault(r => r.Conclusion.IsPassed);

    private EvidenceRecord? ReadRecord(byte[] input)
    {
        var record = EvidenceRecord.Parse(input);
        return both.Any(m => Check.Overall(EvidenceVerification.Verify(
            record, [EvidenceDocument.Of(Material.Data)], new EvidenceTrust(ValidationMaterial.Of(AnchorPurposes.Tsa, [m.Pki.Root], m.Bundle.CertificateCrls), ValidationPolicy.Platform, DateTimeOffset.UtcNow))) == Outcome.Passed) ? record : null;
    }

    private ValidationResult? ReadEvidence(byte[] input) =>
        both.Select(m => Validate(m, m.Cms, ValidationMaterial.Of(m.Bundle), input)).FirstOrDefault(r => r.EvidenceRecords[0].Conclusion.IsPassed);

    private static ValidationResult Validate(Material material, byte[] cms, ValidationMaterial known, byte[]? record = null)
    {
        var subject = CadesReader.Read(cms, Content)[0];
        return SignatureValidation.Validate(
            record is null ? subject : subject with { EvidenceRecords = [CadesEvidence.Read(record, "evidence-1", cms, Material.Data)] }, known, ValidationPolicy.Platform, DateTimeOffset.UtcNow);
    }
}
