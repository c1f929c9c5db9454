using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using Yinxin.License.Server.Data;
using Yinxin.License.Server.Features.Issue;
using Yinxin.License.Server.Features.Status;
using Yinxin.License.Validation;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Trust.Validation;

namespace Yinxin.License.Server.Features.Verify;

/// <summary>POST /api/verifications: anyone may have a file verified. The upload is read as a stream and cut at the limit; nothing is kept.</summary>
internal static class VerifyFile
{
    internal static readonly Problem TooLarge = new("verification.tooLarge", 413, "文件超过 10 MB。", "The file is larger than 10 MB.");
    internal static readonly Problem NoFile = new("verification.noFile", 400, "请选择要核验的文件。", "Choose the file to verify.");

    public static void Map(WebApplication app) => app.MapPost("/api/verifications", async (HttpContext http, OwnVerification verification, LicenseContext database, TimeProvider time) =>
        Results.Json(await RunAsync(await ReadAsync(http), verification, database, time, http.RequestAborted))).DisableAntiforgery();

    public static async Task<PublicReport> RunAsync(byte[] file, OwnVerification verification, LicenseContext database, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var report = await verification.VerifyAsync(file, now, cancellationToken);
        var checks = report.Checks.ToList();
        if (report.Document is { } document)
        {
            var identifier = document.Metadata.CertificateIdentifier;
            var license = await database.Licenses.AsNoTracking().SingleOrDefaultAsync(l => l.Identifier == identifier, cancellationToken);
            var status = license is null ? null : LicenseStatus.Of(license, now);
            checks.Add(license is null
                ? new Check("licence.status", "证照当前状态", "Present status", Outcome.CannotTell, "This service does not know the licence.")
                : Check.Of("licence.status", "证照当前状态", "Present status", status == "Valid", status));
        }

        var result = Check.Overall(checks) switch { Outcome.Passed => "valid", Outcome.Failed => "invalid", _ => "cannotTell" };
        return PublicReport.Of(report with { Result = result, Checks = checks }, now);
    }

    private static async Task<byte[]> ReadAsync(HttpContext http)
    {
        var limit = LicenseVerification.LargestFile + (64 * 1024);
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = limit;
        if (http.Request.ContentLength > limit)
        {
            throw TooLarge.Exception();
        }

        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= 100 } boundary)
        {
            throw NoFile.Exception();
        }

        var reader = new MultipartReader(boundary, http.Request.Body) { BodyLengthLimit = LicenseVerification.LargestFile };
        try
        {
            while (await reader.ReadNextSectionAsync(http.RequestAborted) is { } section)
            {
                if (section.GetContentDispositionHeader()?.IsFileDisposition() == true)
                {
                    using var content = new MemoryStream();
                    await section.Body.CopyToAsync(content, http.RequestAborted);
                    return content.ToArray();
                }
            }
        }
        catch (InvalidDataException)
        {
            throw TooLarge.Exception();
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            throw NoFile.Exception();
        }

        throw NoFile.Exception();
    }
}

/// <summary>A report for the public: the licence's facts with the holder masked, and each check.</summary>
internal sealed record PublicReport(string Result, string Kind, DateTimeOffset VerifiedAt, DateTimeOffset? SealedAt, PublicLicense? Licence, string? Failed, IReadOnlyList<PublicCheck> Checks)
{
    public static PublicReport Of(VerificationReport report, DateTimeOffset now)
    {
        var metadata = report.Document?.Metadata;
        return new PublicReport(
            report.Result, report.Kind, now, report.SealedAt,
            metadata is null ? null : new PublicLicense(
                metadata.CertificateName, metadata.CertificateNumber, metadata.CertificateIdentifier, metadata.CertificateIssuingAuthorityName,
                metadata.CertificateIssuedDate, metadata.CertificateEffectiveDate, metadata.CertificateExpiringDate),
            report.FirstFailure?.Code,
            [.. report.Checks.Select(c => new PublicCheck(c.Code, c.Chinese, c.English, c.Outcome switch { Outcome.Passed => "passed", Outcome.Failed => "failed", _ => "cannotTell" }, c.Detail))]);
    }
}

internal sealed record PublicLicense(string Name, string Number, string Identifier, string Issuer, string IssuedDate, string EffectiveDate, string ExpiringDate);

/// <param name="Code">Stable.</param>
/// <param name="TitleZh">For people.</param>
/// <param name="TitleEn">For people.</param>
/// <param name="Result"><c>passed</c>, <c>failed</c> or <c>cannotTell</c>.</param>
/// <param name="Detail">What was found.</param>
internal sealed record PublicCheck(string Code, string TitleZh, string TitleEn, string Result, string? Detail);
