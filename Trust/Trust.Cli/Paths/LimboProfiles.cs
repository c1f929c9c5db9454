using Yinxin.Trust.Certificates.Paths;

namespace Yinxin.Trust.Cli.Paths;

/// <summary>
/// By which rules a case of x509-limbo is judged. The set holds pairs that contradict each other, one by RFC 5280, one by the forum's rules; the first
/// part of a case's id names the rules that it was written for.
/// </summary>
internal static class LimboProfiles
{
    public static PathProfile For(string id, string? chosen) => (chosen ?? id.Split("::")[0]) switch
    {
        "webpki" => PathProfile.WebPki,
        "smime" => PathProfile.Mail,

        // The cases on revocation follow the web's rules for lists, and RFC 5280 in the rest.
        "crl" => PathProfile.Rfc5280 with { WebCrls = true },
        _ => PathProfile.Rfc5280,
    };
}
