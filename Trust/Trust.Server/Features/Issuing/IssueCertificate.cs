using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Tokens;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Authorities;

namespace Yinxin.Trust.Server.Features.Issuing;

/// <summary>POST /api/certificates: a certificate for a PKCS#10 request, by a profile.</summary>
internal static class IssueCertificate
{
    private static readonly Problem BadRequest = new("trust.request.malformed", 400, "证书请求格式不正确或未由其密钥签名。", "The certificate request is malformed or not signed by its own key.");
    private static readonly Problem UnknownProfile = new("trust.profile.unknown", 422, "没有该证书模板。", "There is no such certificate profile.");
    private static readonly Problem WrongSuite = new("trust.profile.suite", 422, "该证书模板不接受此算法。", "The profile does not accept keys of this suite.");
    private static readonly Problem WrongSubject = new("trust.profile.subject", 422, "证书主体不符合模板。", "The subject does not have exactly the attributes that the profile names.");

    /// <summary>Authorities' own profiles are not to be had by request.</summary>
    private static readonly HashSet<string> ForRequests = new(StringComparer.Ordinal) { "department", "pdf-signer", "seal-maker", "seal-signer", "tls" };

    public static void Map(WebApplication app) => app.MapPost("/api/certificates", HandleAsync).RequireAuthorization(ApiTokens.Scope("trust.certify"));

    private static async Task<IResult> HandleAsync(
        Request request, HttpContext http, AuthorityStore authorities, TrustContext database, CertificateIssuance issuance, CancellationToken cancellationToken)
    {
        if (request.Profile is null || !ForRequests.Contains(request.Profile))
        {
            throw UnknownProfile.Exception();
        }

        var profile = CertificateProfile.All[request.Profile];
        var asked = Read(request.Csr);
        if (!profile.Allows(asked.Suite))
        {
            throw WrongSuite.Exception();
        }

        if (!HasExactly(asked.Subject, profile.Subject))
        {
            throw WrongSubject.Exception();
        }

        var authority = authorities[profile.IssuedBy, asked.Suite];
        var certificate = issuance.Issue(authority, new CertificateOrder(profile, asked.Subject, asked.PublicKey, Caller.Of(http)));

        // Stored before it leaves the house: a certificate that nobody can revoke must not exist.
        await database.SaveChangesAsync(cancellationToken);
        var root = authorities["root", asked.Suite];
        return Results.Created($"/api/certificates/{authority.Name}/{certificate.SerialNumber.ToString(16)}", new Answer(
            Convert.ToBase64String(certificate.GetEncoded()), [Convert.ToBase64String(authority.Certificate.GetEncoded()), Convert.ToBase64String(root.Certificate.GetEncoded())]));
    }

    private static CertificateRequest Read(string? csr)
    {
        try
        {
            return CertificateRequest.Read(Convert.FromBase64String(csr ?? ""));
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            throw BadRequest.Exception();
        }
    }

    private static bool HasExactly(X509Name subject, IReadOnlyList<string> wanted)
    {
        var found = subject.GetOidList().Select(oid => X509Name.DefaultSymbols.TryGetValue((DerObjectIdentifier)oid, out var symbol) ? symbol : oid.ToString()!).ToList();
        return found.Count == wanted.Count && wanted.All(w => found.Contains(w, StringComparer.Ordinal)) && subject.GetValueList().All(v => v.ToString() is { Length: > 0 and <= 200 });
    }

    /// <param name="Csr">Base64 DER PKCS#10.</param>
    /// <param name="Profile">Name of a profile.</param>
    internal sealed record Request(string? Csr, string? Profile);

    /// <param name="Certificate">Base64 DER.</param>
    /// <param name="Chain">Issuing CA, then root.</param>
    internal sealed record Answer(string Certificate, IReadOnlyList<string> Chain);
}
