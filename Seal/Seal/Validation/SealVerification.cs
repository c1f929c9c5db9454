using System.Formats.Asn1;
using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Yinxin.Seal.Ses;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;
using Yinxin.Trust.Validation;

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
    public static SealReport Verify(ReadOnlyMemory<byte> encoded, ReadOnlySpan<byte> dataHash, TrustBundle bundle)
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

        var checks = new List<Check> { Check.Of("signature.format", "签章结构", "Seal signature format", passed: true) };
        var (time, timestampChecks) = ReferenceTime(signature, bundle);
        checks.AddRange(SealChecks(signature.Seal, time ?? signature.Time, bundle));
        checks.Add(SignatureValue(signature));
        checks.AddRange(Path("signer", "签章人证书", "Signer", signature.SignerCertificate, time ?? signature.Time, bundle));
        checks.Add(SealingTime(signature));
        checks.Add(Check.Of("signer.notInSeal", "签章人在印章名单内", "Signer is listed in the seal", IsListed(signature)));
        checks.Add(Check.Of("data.hash", "原文摘要", "Digest of the original", CryptographicOperations.FixedTimeEquals(signature.DataHash.Span, dataHash)));
        checks.AddRange(timestampChecks);
        return new SealReport(checks, time ?? signature.Time, time is not null, signature);
    }

    /// <summary>Verifies a seal by itself at a time.</summary>
    public static IReadOnlyList<Check> SealChecks(SesSeal seal, DateTimeOffset at, TrustBundle bundle) =>
    [
        Check.Of("seal.algorithm", "印章签名算法", "Seal algorithm", seal.Algorithm == SesSeal.SignatureAlgorithm),
        Check.Of("seal.signature", "制章签名", "Seal maker's signature", IsSigned(seal.MakerCertificate, seal.SignedInfo, seal.Signature, RememberedSignatures.Verify)),
        .. Path("seal.maker", "制章者证书", "Seal maker", seal.MakerCertificate, at, bundle),
        Check.Of("seal.maker.keyUsage", "制章者证书用于制章", "The maker's certificate is for making seals", MayMakeSeals(seal)),
        Check.Of(at < seal.Info.ValidFrom ? "seal.notYetValid" : "seal.expired", "印章有效期", "Seal validity", at >= seal.Info.ValidFrom && at <= seal.Info.ValidTo),
    ];

    private static (DateTimeOffset? Time, IReadOnlyList<Check> Checks) ReferenceTime(SesSignature signature, TrustBundle bundle)
    {
        if (signature.Timestamp is not { } encoded)
        {
            return (null, [new Check("signature.timeUnproven", "签章时间", "Sealing time", Outcome.CannotTell, "There is no timestamp: the sealing time is only claimed.")]);
        }

        try
        {
            var token = TimestampToken.Read(encoded.Span);
            var checks = token.Verify(signature.Signature.Span, bundle.AnchorsFor(AnchorPurposes.Tsa, SignatureSuite.Sm), bundle.CertificateCrls);
            return (Check.Overall(checks) == Outcome.Failed ? null : token.Time, checks);
        }
        catch (CryptographicException e)
        {
            return (null, [Check.Of("timestamp.invalid", "时间戳", "Timestamp", passed: false, e.Message)]);
        }
    }

    private static Check SignatureValue(SesSignature signature)
    {
        var passed = signature.Algorithm == SesSeal.SignatureAlgorithm && IsSigned(signature.SignerCertificate, signature.SignedPart, signature.Signature, SignatureVerifier.Verify);
        var raw = signature.Signature.Length == 64;
        return Check.Of("signature.value", "签章签名值", "Seal signature value", passed, passed && raw ? "signature.rawEncoding: the value is 64 raw bytes instead of DER." : null);
    }

    private static bool IsSigned(ReadOnlyMemory<byte> certificate, ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> signature, Verifier verify)
    {
        try
        {
            var key = CertificateReading.Read(certificate.Span).SubjectPublicKeyInfo.GetDerEncoded();
            return verify(key, SignatureSuite.Sm, data.Span, signature.Length == 64 ? ToDer(signature.Span) : signature.Span);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private delegate bool Verifier(ReadOnlySpan<byte> publicKey, SignatureSuite suite, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);

    /// <summary>Some producers write r and s as 64 raw bytes; read so, and say so.</summary>
    private static byte[] ToDer(ReadOnlySpan<byte> raw)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(new System.Numerics.BigInteger(raw[..32], isUnsigned: true, isBigEndian: true));
            writer.WriteInteger(new System.Numerics.BigInteger(raw[32..], isUnsigned: true, isBigEndian: true));
        }

        return writer.Encode();
    }

    private static IEnumerable<Check> Path(string prefix, string chinese, string english, ReadOnlyMemory<byte> certificate, DateTimeOffset at, TrustBundle bundle)
    {
        X509Certificate end;
        try
        {
            end = CertificateReading.Read(certificate.Span);
        }
        catch (CryptographicException e)
        {
            return [Check.Of(prefix + ".untrusted", chinese, english, passed: false, e.Message)];
        }

        var result = CertificatePath.Validate(
            end, bundle.IntermediateCertificates, bundle.AnchorsFor(AnchorPurposes.SealMaker, SignatureSuite.Sm),
            new PathRequirements(at, KeyUsage.DigitalSignature | KeyUsage.NonRepudiation), bundle.CertificateCrls);
        return result.Checks.Select(c => c with { Code = Code(prefix, c.Code), Chinese = $"{chinese}：{c.Chinese}", English = $"{english}: {c.English}" });
    }

    private static string Code(string prefix, string code) => prefix + code switch
    {
        "certificate.validity" => ".expired",
        "certificate.revocation" => ".revoked",
        "certificate.keyUsage" => ".keyUsage",
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
