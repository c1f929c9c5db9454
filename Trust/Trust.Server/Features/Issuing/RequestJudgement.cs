using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Asn1.X509;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Linting;
using Yinxin.Trust.Server.Features.Authorities;

namespace Yinxin.Trust.Server.Features.Issuing;

/// <summary>What a request must be before a CA's key is asked, whoever brings it: read, fit for its profile, and lawful once it is a certificate.</summary>
internal static class RequestJudgement
{
    private static readonly Problem BadRequest = new("trust.request.malformed", 400, "证书请求格式不正确或未由其密钥签名。", "The certificate request is malformed or not signed by its own key.");
    public static readonly Problem WrongSuite = new("trust.profile.suite", 422, "该证书模板不接受此算法。", "The profile does not accept keys of this suite.");
    private static readonly Problem WrongSubject = new("trust.profile.subject", 422, "证书主体不符合模板。", "The subject does not have exactly the attributes that the profile names.");
    private static readonly Problem WrongCode = new("trust.subject.socialCreditCode", 422, "统一社会信用代码校验不通过。", "The organisation identifier is not NTRCN- and a unified social credit code with right check characters (GB 32100).");
    private static readonly Problem Owed = new("trust.authority.owed", 503, "签发机构的证书尚未由离线根签发。", "The offline root has not certified this profile's CA yet.");
    private static readonly Problem Lint = new("trust.certificate.lint", 422, "按此请求签发的证书不符合标准，未签发。", "The certificate would break the rules that are named; nothing was signed.");

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const int LongestValue = 200;

    /// <summary>Reads a request and its proof of possession.</summary>
    /// <param name="csr">Base64 DER PKCS#10.</param>
    public static CertificateRequest Read(string? csr)
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

    /// <summary>The order that a request becomes under a profile.</summary>
    public static CertificateOrder Order(CertificateRequest asked, CertificateProfile profile, string caller)
    {
        if (!profile.Allows(asked.Suite))
        {
            throw WrongSuite.Exception();
        }

        if (!HasAttributes(asked.Subject, profile))
        {
            throw WrongSubject.Exception();
        }

        if (profile.Subject.Contains("organizationIdentifier", StringComparer.Ordinal)
            && !(asked.Subject.SocialCreditCode() is { } code && UnifiedSocialCreditCode.TryParse(code, out var read) && read.Value == code))
        {
            throw WrongCode.Exception();
        }

        return new CertificateOrder(profile, asked.Subject, asked.PublicKey, caller, HostsOf(profile, asked));
    }

    /// <summary>The CA that issues by a profile in the request's suite.</summary>
    public static Authority AuthorityOf(this AuthorityStore authorities, CertificateProfile profile, CertificateRequest asked) =>
        authorities.Find(Authority.NameOf(profile.IssuedBy, asked.Suite)) ?? throw Owed.Exception();

    /// <summary>Signs, or refuses with the rules that would be broken.</summary>
    public static SignedCertificate SignJudged(this CertificateSigning signing, Authority authority, CertificateOrder order)
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

    /// <summary>A site is named by the common name of its request; the certificate says it where verifiers look (RFC 9525).</summary>
    private static string[]? HostsOf(CertificateProfile profile, CertificateRequest asked) =>
        !profile.ExtendedKeyUsage.Contains(ServerAuthentication, StringComparer.Ordinal) ? null
        : asked.Subject.CommonName() is var host && Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6 && Ascii.IsValid(host) ? [host]
        : throw WrongSubject.Exception();

    private static bool HasAttributes(X509Name subject, CertificateProfile profile)
    {
        var found = SubjectAttributes.Of(subject);
        return found.Distinct(StringComparer.Ordinal).Count() == found.Count && found.All(a => profile.Subject.Contains(a, StringComparer.Ordinal))
            && profile.Subject.All(a => found.Contains(a, StringComparer.Ordinal) || profile.OptionalSubject.Contains(a, StringComparer.Ordinal))
            && subject.GetValueList().All(v => v.ToString() is { Length: > 0 and <= LongestValue });
    }
}
