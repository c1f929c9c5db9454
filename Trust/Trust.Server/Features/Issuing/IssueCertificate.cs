using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Tokens;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Linting;
using Yinxin.Trust.Server.Features.Authorities;

namespace Yinxin.Trust.Server.Features.Issuing;

/// <summary>POST /api/certificates: a certificate for a PKCS#10 request, by a profile.</summary>
internal static class IssueCertificate
{
    private static readonly Problem BadRequest = new("trust.request.malformed", 400, "证书请求格式不正确或未由其密钥签名。", "The certificate request is malformed or not signed by its own key.");
    private static readonly Problem UnknownProfile = new("trust.profile.unknown", 422, "没有该证书模板。", "There is no such certificate profile.");
    private static readonly Problem WrongSuite = new("trust.profile.suite", 422, "该证书模板不接受此算法。", "The profile does not accept keys of this suite.");
    private static readonly Problem WrongSubject = new("trust.profile.subject", 422, "证书主体不符合模板。", "The subject does not have exactly the attributes that the profile names.");

    private static readonly Problem Lint = new("trust.certificate.lint", 422, "按此请求签发的证书不符合标准，未签发。", "The certificate would break the rules that are named; nothing was signed.");

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Authorities' own profiles are not to be had by request.</summary>
    private static readonly HashSet<string> ForRequests = new(StringComparer.Ordinal) { "department", "pdf-signer", "seal-maker", "seal-signer", "tls" };

    public static void Map(WebApplication app) => app.MapPost("/api/certificates", HandleAsync).RequireAuthorization(ApiTokens.Scope("trust.certify"));

    private static async Task<IResult> HandleAsync(
        Request request, HttpContext http, AuthorityStore authorities, CertificateSigning signing, IssuanceBatch batch, CancellationToken cancellationToken)
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
        var signed = Sign(signing, authority, new CertificateOrder(profile, asked.Subject, asked.PublicKey, Caller.Of(http), HostsOf(profile, asked)));
        var origin = (http.Connection.RemoteIpAddress?.ToString(), Activity.Current?.TraceId.ToString());
        await batch.StoreAsync(signed with { Audit = signed.Audit with { Origin = origin } }, cancellationToken);
        var root = authorities["root", asked.Suite];
        return Results.Created($"/api/certificates/{authority.Name}/{signed.Record.Serial}", new Answer(
            Convert.ToBase64String(signed.Record.Certificate), [Convert.ToBase64String(authority.Certificate.GetEncoded()), Convert.ToBase64String(root.Certificate.GetEncoded())]));
    }

    /// <summary>A site is named by the common name of its request; the certificate says it where verifiers look (RFC 9525).</summary>
    private static string[]? HostsOf(CertificateProfile profile, CertificateRequest asked) =>
        !profile.ExtendedKeyUsage.Contains(ServerAuthentication, StringComparer.Ordinal) ? null
        : asked.Subject.CommonName() is var host && Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6 && Ascii.IsValid(host) ? [host]
        : throw WrongSubject.Exception();

    private static SignedCertificate Sign(CertificateSigning signing, Authority authority, CertificateOrder order)
    {
        try
        {
            return signing.Sign(authority, order);
        }
        catch (CertificateLintException e)
        {
            var refused = Lint.Exception();
            refused.Extensions["rules"] = e.Broken.Select(r => new { r.Code, r.Source, r.Demand });
            throw refused;
        }
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
