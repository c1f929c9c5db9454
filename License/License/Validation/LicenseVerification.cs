using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.X509;
using UglyToad.PdfPig;
using Yinxin.License.Documents;
using Yinxin.License.Identifiers;
using Yinxin.Seal.Ses;
using Yinxin.Seal.Validation;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Cms;
using Yinxin.Trust.Validation;
using Yinxin.Trust.Validation.Policies;

namespace Yinxin.License.Validation;

/// <summary>What a file turned out to be.</summary>
/// <param name="Result"><c>valid</c>, <c>invalid</c> or <c>cannotTell</c>.</param>
/// <param name="Kind"><c>pdf</c>, <c>json</c> or <c>unknown</c>.</param>
/// <param name="Document">The licence inside, when one could be read; trust it only when the result is valid.</param>
/// <param name="SealedAt">The time that timestamps prove.</param>
/// <param name="Checks">Each step with its outcome, in order.</param>
public sealed record VerificationReport(string Result, string Kind, LicenseDocument? Document, DateTimeOffset? SealedAt, IReadOnlyList<Check> Checks)
{
    /// <summary>The first check that failed, or null.</summary>
    public Check? FirstFailure => Checks.FirstOrDefault(c => c.Outcome == Outcome.Failed);
}

/// <summary>Verifies a licence with nothing but the file and a trust bundle. Hostile input ends in a report, never in an exception.</summary>
public static class LicenseVerification
{
    /// <summary>Largest file that is looked at, in bytes.</summary>
    public const int LargestFile = 10 * 1024 * 1024;

    /// <summary>Verifies.</summary>
    /// <param name="file">A PDF or JSON licence.</param>
    /// <param name="bundle">Trusted roots.</param>
    /// <param name="now">The validation time, also for the licence's own validity.</param>
    public static VerificationReport Verify(byte[] file, TrustBundle bundle, DateTimeOffset now)
    {
        if (file.Length is 0 or > LargestFile)
        {
            return Report("unknown", null, null, [Check.Of("file.size", "文件大小", "File size", passed: false, $"1 to {LargestFile} bytes are looked at.")]);
        }

        if (file.AsSpan().StartsWith("%PDF"u8))
        {
            return VerifyPdf(file, bundle, now);
        }

        return file.AsSpan().TrimStart(" \t\r\n"u8) is [(byte)'{', ..]
            ? VerifyJson(file, bundle, now)
            : Report("unknown", null, null, [Check.Of("file.type", "文件类型", "File type", passed: false, "Neither a PDF nor a JSON licence.")]);
    }

    private static VerificationReport VerifyPdf(byte[] file, TrustBundle bundle, DateTimeOffset now)
    {
        var checks = new List<Check>();
        DateTimeOffset? time = null;
        CmsReading? cms = null;
        try
        {
            var signature = PdfSignatureReading.Read(file);
            checks.Add(Check.Of("pdf.coverage", "签名覆盖整个文件", "The signature covers the whole file", passed: true));
            cms = CmsReading.Read(signature.Cms);
            time = VerifyCms(signature.Cms, signature.Digest, bundle, now, checks);
        }
        catch (PdfSignatureException e)
        {
            checks.Add(Check.Of(e.Code, "签名覆盖整个文件", "The signature covers the whole file", passed: false, e.Message));
        }
        catch (CryptographicException e)
        {
            checks.Add(Check.Of("signature.format", "签名结构", "Signature format", passed: false, e.Message));
        }

        var (document, face) = ReadInside(file, checks);
        if (document is not null)
        {
            if (cms is not null)
            {
                checks.Add(Check.Of("signature.authority", "签名者与颁发机构一致", "The signer is the issuing authority", IsIssuingAuthority(cms.SignerCertificate, document.Metadata)));
            }

            time = VerifyDocument(document, bundle, now, checks) ?? time;
            CompareFace(document, face, checks);
        }

        return Report("pdf", document, time, checks);
    }

    private static VerificationReport VerifyJson(byte[] file, TrustBundle bundle, DateTimeOffset now)
    {
        var checks = new List<Check>();
        LicenseDocument? document = null;
        DateTimeOffset? time = null;
        try
        {
            document = LicenseDocument.Parse(file);
            checks.Add(Check.Of("licence.format", "证照数据结构", "Licence format", passed: true));
            time = VerifyDocument(document, bundle, now, checks);
        }
        catch (CryptographicException e)
        {
            checks.Add(Check.Of("licence.format", "证照数据结构", "Licence format", passed: false, e.Message));
        }

        return Report("json", document, time, checks);
    }

    private static DateTimeOffset? VerifyCms(byte[] cms, byte[] digest, TrustBundle bundle, DateTimeOffset now, List<Check> checks)
    {
        var subject = PdfSubject.Read(cms, digest);
        var result = SignatureValidation.Validate(subject, ValidationMaterial.Of(bundle), ValidationPolicy.Documents, now);
        checks.AddRange(ValidationChecks.Signature(result));
        checks.AddRange(ValidationChecks.Timestamps(result));
        if (subject.SignatureTimestamps.Count == 0)
        {
            checks.Add(new Check("timestamp.missing", "时间戳", "Timestamp", Outcome.CannotTell, "There is no timestamp: when it was signed is only claimed."));
        }

        checks.AddRange(ValidationChecks.Chain(result));
        checks.Add(ValidationChecks.Embedded(result));
        return result.TimeProven ? result.BestSignatureTime : null;
    }

    private static (LicenseDocument? Document, string Face) ReadInside(byte[] file, List<Check> checks)
    {
        try
        {
            using var pdf = PdfDocument.Open(file, new ParsingOptions { MaxStackDepth = 64, UseLenientParsing = false });
            var attached = pdf.Advanced.TryGetEmbeddedFiles(out var files) ? files.Where(f => f.Name == LicenseDocument.FileName).ToList() : [];
            if (attached is not [var only] || pdf.NumberOfPages != 1)
            {
                checks.Add(Check.Of("licence.attachment", "机读证照数据", "Machine-readable licence", passed: false, $"Exactly one page and one attached {LicenseDocument.FileName} are expected."));
                return (null, "");
            }

            var document = LicenseDocument.Parse(only.Memory.Span);
            checks.Add(Check.Of("licence.attachment", "机读证照数据", "Machine-readable licence", passed: true));
            return (document, pdf.GetPage(1).Text);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // PdfPig meets hostile bytes with exceptions of many kinds; each means the same here.
            checks.Add(Check.Of("licence.attachment", "机读证照数据", "Machine-readable licence", passed: false, "The licence inside cannot be read."));
            return (null, "");
        }
    }

    /// <summary>The certificate names the organ by code and name: of two organs with one name, neither may sign for the other.</summary>
    private static bool IsIssuingAuthority(X509Certificate certificate, LicenseMetadata metadata) =>
        certificate.SubjectDN.IsOf(metadata.CertificateIssuingAuthorityCode, metadata.CertificateIssuingAuthorityName);

    private static bool IsAuthoritysSeal(SesSignature sealing, LicenseMetadata metadata) =>
        sealing.Seal.Info.Name == metadata.CertificateIssuingAuthorityName && IsIssuingAuthority(CertificateReading.Read(sealing.SignerCertificate.Span), metadata);

    private static DateTimeOffset? VerifyDocument(LicenseDocument document, TrustBundle bundle, DateTimeOffset now, List<Check> checks)
    {
        DateTimeOffset? time = null;
        if (document.Seal is { } seal && TryDecode(seal.Signature) is { } encoded)
        {
            var report = SealVerification.Verify(encoded, document.SealedDigest(), bundle, now);
            checks.AddRange(report.Checks.Select(c => c with { Code = "seal/" + c.Code, Chinese = "电子印章·" + c.Chinese, English = "Seal · " + c.English }));
            time = report.TimeProven ? report.SealedAt : null;
            var property = report.Signature?.Property == LicenseDocument.SealedProperty && seal.Property == LicenseDocument.SealedProperty;
            checks.Add(Check.Of("seal/property", "电子印章·原文范围", "Seal · what was sealed", property));
            checks.Add(Check.Of("seal/owner", "印章与颁发机构一致", "The seal is the issuing authority's", report.Signature is { } sealing && IsAuthoritysSeal(sealing, document.Metadata)));
        }
        else
        {
            checks.Add(Check.Of("seal/missing", "电子印章", "Seal", passed: false, "The licence is not sealed."));
        }

        var metadata = document.Metadata;
        checks.Add(Check.Of("licence.identifier", "证照标识校验", "Licence identifier",
            LicenseIdentifier.TryParse(metadata.CertificateIdentifier, out var identifier) && identifier.TypeCode == metadata.CertificateTypeCode && identifier.IssuerCode == metadata.CertificateIssuingAuthorityCode));
        checks.Add(Validity(metadata, now));
        return time;
    }

    private static Check Validity(LicenseMetadata metadata, DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.ToOffset(TimeSpan.FromHours(8)).DateTime);
        var passed = Day(metadata.CertificateEffectiveDate) <= today && today <= Day(metadata.CertificateExpiringDate);
        return Check.Of("licence.validity", "证照有效期", "Licence validity", passed, $"{metadata.CertificateEffectiveDate} – {metadata.CertificateExpiringDate}");

        static DateOnly? Day(string text) => DateOnly.TryParseExact(text, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
    }

    /// <summary>What is printed must be what is sealed: otherwise a face for people and data for machines could say different things.</summary>
    private static void CompareFace(LicenseDocument document, string face, List<Check> checks)
    {
        var printed = Compact(face);
        var metadata = document.Metadata;
        string[] expected = [metadata.CertificateName, metadata.CertificateNumber, metadata.CertificateIssuingAuthorityName, .. document.FaceData.Values];
        var missing = expected.FirstOrDefault(value => !printed.Contains(Compact(value), StringComparison.Ordinal));
        checks.Add(Check.Of("licence.face", "照面与数据一致", "The face agrees with the data", missing is null, missing is null ? null : $"Not on the face: {missing}"));
    }

    private static string Compact(string text)
    {
        var builder = new StringBuilder(text.Length);
        foreach (var character in text.Where(c => !char.IsWhiteSpace(c)))
        {
            builder.Append(character);
        }

        return builder.ToString();
    }

    private static byte[]? TryDecode(string base64)
    {
        try
        {
            return Convert.FromBase64String(base64);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static VerificationReport Report(string kind, LicenseDocument? document, DateTimeOffset? time, List<Check> checks) => new(
        Check.Overall(checks) switch { Outcome.Passed => "valid", Outcome.Failed => "invalid", _ => "cannotTell" }, kind, document, time, checks);
}
