using System.Security.Cryptography;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Tokens;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Server.Features.Authorities;
using Yinxin.Trust.Server.Features.Issuing;
using Yinxin.Trust.Server.Features.Revocation;

namespace Yinxin.Trust.Server.Features.Renewal;

/// <summary>
/// POST /api/certificates/{authority}/{serial}/renewal: a certificate for the same subject by the same profile, for whoever proves the old key. The same request
/// again answers with the same certificate.
/// </summary>
internal static class RenewCertificate
{
    private static readonly Problem Malformed = new(
        "trust.renewal.malformed", 400, "更新请求须为由原证书密钥签名、内含 PKCS#10 请求的 CMS。",
        "The request is a CMS SignedData around a PKCS#10 request, signed by the key of the certificate that is to be renewed; the PKCS#10 request by the new key.");

    public static void Map(WebApplication app) =>
        app.MapPost("/api/certificates/{authority}/{serial}/renewal", HandleAsync).RequireAuthorization(ApiTokens.Scope("trust.certify"));

    private static async Task<IResult> HandleAsync(
        string authority, string serial, Body body, HttpContext http, RenewalLedger ledger, AuthorityStore authorities, RevocationWatch watch, CancellationToken cancellationToken)
    {
        var outcome = await ledger.RenewAsync(authority, serial.ToLowerInvariant(), new RenewalOrder(Read(body.Request), body.Supersede, Caller.Of(http)), cancellationToken);
        if (outcome.Superseded)
        {
            watch.Changed(authority, outcome.Renewed.Serial);
        }

        var answer = IssueCertificate.Answer.Of(outcome.Successor.Certificate, authorities.Find(authority)!, authorities);
        return outcome.IsNew ? Results.Created($"/api/certificates/{authority}/{outcome.Successor.Serial}", answer) : Results.Ok(answer);
    }

    private static RenewalRequest Read(string? request)
    {
        try
        {
            return RenewalRequest.Read(Convert.FromBase64String(request ?? ""));
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            throw Malformed.Exception();
        }
    }

    /// <param name="Request">Base64 DER CMS around PKCS#10.</param>
    /// <param name="Supersede">The old certificate is revoked as superseded at once; else it stays valid until its end.</param>
    internal sealed record Body(string? Request, bool Supersede = false);
}
