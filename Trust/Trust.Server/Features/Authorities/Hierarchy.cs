using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Server.Features.Authorities;

/// <summary>Which authorities there are, each above those it issues: one root a suite, issuing CAs by purpose, a TSA, a signer of the trust list.</summary>
internal static class Hierarchy
{
    /// <summary>«测试» marks everything that development makes.</summary>
    public static readonly IReadOnlyList<HierarchyEntry> All =
    [
        .. from suite in Enum.GetValues<SignatureSuite>()
           from entry in new (string Role, string Profile, string? IssuedBy, string CommonName)[]
           {
               ("root", "root", null, "印信测试根"),
               ("documents", "issuing", "root", "印信测试单位证书签发"),
               ("seals", "issuing", "root", "印信测试电子印章签发"),
               ("tsa", "issuing", "root", "印信测试时间戳签发"),
               ("tls", "issuing", "root", "印信测试站点证书签发"),
               ("persons", "issuing", "root", "印信测试个人证书签发"),
               ("organisations", "issuing", "root", "印信测试法人证书签发"),
               ("timestamps", "tsa", "tsa", "印信测试时间戳服务"),
               ("trust-list", "trust-list", "documents", "印信测试信任列表签发"),
           }
           select new HierarchyEntry(entry.Role, suite, entry.Profile, entry.IssuedBy, $"{entry.CommonName} {(suite == SignatureSuite.Sm ? "SM2" : "ECDSA")}"),
    ];
}

/// <summary>One authority.</summary>
/// <param name="Role">What it is for.</param>
/// <param name="Suite">Its own and its issuer's.</param>
/// <param name="Profile">Of its certificate.</param>
/// <param name="IssuedBy">Role of the issuer; null for a root.</param>
/// <param name="CommonName">The name on the certificate.</param>
internal sealed record HierarchyEntry(string Role, SignatureSuite Suite, string Profile, string? IssuedBy, string CommonName)
{
    /// <summary>
    /// The server starts without its certificate, and says that it is owed. These came later than the others: a server under an offline root
    /// that is in use must not stand still until the custodians have met.
    /// </summary>
    public bool MayBeOwed => Role is "persons" or "organisations";
}
