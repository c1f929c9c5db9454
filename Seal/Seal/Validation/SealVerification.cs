using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Yinxin.Seal.Ses;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation;
using Yinxin.Trust.Validation.Policies;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Seal.Validation;

/// <summary>What a seal signature turned out to be.</summary>
/// <param name="Checks">Each step in the order of the standard.</param>
/// <param name="SealedAt">The time that was proven by a timestamp, or else only claimed.</param>
/// <param name="TimeProven">Whether a timestamp proves it.</param>
/// <param name="Signature">The parsed signature, or null when it could not be read.</param>
public sealed record SealReport(IReadOnlyList<Check> Checks, DateTimeOffset? SealedAt, bool TimeProven, SesSignature? Signature)
{
    /// <summary>Valid when it was sealed.</summary>
    public Outcome Outcome => Check.Overall(Checks);
}

/// <summary>Verifies seals and seal signatures (GB/T 38540-2020 §6.3, §7.3), with nothing but a trust bundle.</summary>
public static class SealVerification
{
    /// <summary>
    /// Extended key usage of seal makers (certs/profiles/seal-maker.json). Makers and signers hang under one CA: without it a department's signer
    /// could make a seal in the name of another.
    /// </summary>
    private static readonly DerObjectIdentifier SealMaker = new("2.25.301764288471239604893170911453920473221.2.1");

    /// <summary>Verifies a seal signature over a document's digest.</summary>
    /// <param name="encoded">DER SES_Signature.</param>
    /// <param name="dataHash">SM3 of the original as the verifier computed it.</param>
    /// <param name="bundle">Trusted roots and CRLs.</param>
    /// <param name="now">The validation time; the system's clock when left out.</param>
    public static SealReport Verify(ReadOnlyMemory<byte> encoded, ReadOnlySpan<byte> dataHash, TrustBundle bundle, DateTimeOffset? now = null)
    {
        SesSignature signature;
        try
        {
            signature = SesSignature.Read(encoded);
        }
        catch (SesFormatException e)
        {
            return new SealReport([Check.Of(e.Code, "签章结构", "Seal signature format", passed: false, e.Message)], null, TimeProven: false, null);
        }

        var subject = SealSubjects.Signature(signature, dataHash.ToArray());
        var stamped = Validate(subject, bundle, now ?? TimeProvider.System.GetUtcNow());
        DateTimeOffset? time = stamped.TimeProven ? stamped.BestSignatureTime : null;

        // Without a proven time the seal is judged as of the time that the signer claims, which the report says.
        var result = time is null ? Validate(subject with { SignatureTimestamps = [] }, bundle, signature.Time) : stamped;
        return new SealReport(
            [
                Check.Of("signature.format", "签章结构", "Seal signature format", passed: true),
                .. SealChecks(signature.Seal, time ?? signature.Time, bundle),
                SignatureValue(signature, result),
                .. Path("signer", "签章人证书", "Signer", result),
                SealingTime(signature),
                Check.Of("signer.notInSeal", "签章人在印章名单内", "Signer is listed in the seal", IsListed(signature)),
                Check.Of("data.hash", "原文摘要", "Digest of the original", Kept(result, "cryptographic.dataIntact")),
                .. TimestampChecks(signature, stamped),
            ],
            time ?? signature.Time, time is not null, signature);
    }

    /// <summary>Verifies a seal by itself at a time.</summary>
    public static IReadOnlyList<Check> SealChecks(SesSeal seal, DateTimeOffset at, TrustBundle bundle)
    {
        var result = Validate(SealSubjects.Maker(seal), bundle, at);
        return
        [
            Check.Of("seal.algorithm", "印章签名算法", "Seal algorithm", seal.Algorithm == SesSeal.SignatureAlgorithm),
            Check.Of("seal.signature", "制章签名", "Seal maker's signature", Kept(result, "cryptographic.value")),
            .. Path("seal.maker", "制章者证书", "Seal maker", result),
            Check.Of("seal.maker.keyUsage", "制章者证书用于制章", "The maker's certificate is for making seals", MayMakeSeals(seal)),
            Check.Of(at < seal.Info.ValidFrom ? "seal.notYetValid" : "seal.expired", "印章有效期", "Seal validity", at >= seal.Info.ValidFrom && at <= seal.Info.ValidTo),
        ];
    }

    private static ValidationResult Validate(SignatureUnderValidation subject, TrustBundle bundle, DateTimeOffset at) =>
        SignatureValidation.Validate(subject, ValidationMaterial.Of(bundle), ValidationPolicy.Seals, at);

    private static IEnumerable<Check> TimestampChecks(SesSignature signature, ValidationResult result) => signature.Timestamp is null
        ? [new Check("signature.timeUnproven", "签章时间", "Sealing time", Outcome.CannotTell, "There is no timestamp: the sealing time is only claimed.")]
        : ValidationChecks.Timestamps(result);

    private static Check SignatureValue(SesSignature signature, ValidationResult result)
    {
        var passed = signature.Algorithm == SesSeal.SignatureAlgorithm && Kept(result, "cryptographic.value");
        var raw = signature.Signature.Length == SealSubjects.RawLength;
        return Check.Of("signature.value", "签章签名值", "Seal signature value", passed, passed && raw ? "signature.rawEncoding: the value is 64 raw bytes instead of DER." : null);
    }

    private static bool Kept(ValidationResult result, string constraint) => result.Blocks.Where(b => b.Subject == result.Signature.Id).SelectMany(b => b.Constraints)
        .FirstOrDefault(c => c.Code == constraint) is { Status: ConstraintStatus.Ok };

    private static IEnumerable<Check> Path(string prefix, string chinese, string english, ValidationResult result) =>
        ValidationChecks.Chain(result).Select(c => c with { Code = Code(prefix, c.Code), Chinese = $"{chinese}：{c.Chinese}", English = $"{english}: {c.English}" });

    private static string Code(string prefix, string code) => prefix + code switch
    {
        "certificate.validity" => ".expired",
        "certificate.revocation" => ".revoked",
        "certificate.keyUsage" => ".keyUsage",
        "certificate.algorithms" => ".algorithms",
        _ => ".untrusted",
    };

    private static Check SealingTime(SesSignature signature)
    {
        var info = signature.Seal.Info;
        var passed = signature.Time >= info.ValidFrom && signature.Time <= info.ValidTo && IsWithinCertificate(signature);
        return Check.Of("signature.time", "签章时间在印章及证书有效期内", "Sealing time lies within the validity of seal and certificate", passed);
    }

    private static bool IsWithinCertificate(SesSignature signature)
    {
        try
        {
            return CertificateReading.Read(signature.SignerCertificate.Span).IsValid(signature.Time.UtcDateTime);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool MayMakeSeals(SesSeal seal)
    {
        try
        {
            return CertificateReading.Read(seal.MakerCertificate.Span).GetExtendedKeyUsage()?.Contains(SealMaker) ?? false;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or InvalidOperationException or Org.BouncyCastle.Security.Certificates.CertificateParsingException)
        {
            return false;
        }
    }

    private static bool IsListed(SesSignature signature)
    {
        var info = signature.Seal.Info;
        return info.SignerCertificates.Any(c => c.Span.SequenceEqual(signature.SignerCertificate.Span))
            || info.SignerDigests.Any(d => d.Span.SequenceEqual(Digests.Sm3(signature.SignerCertificate.Span)));
    }
}
