using System.Security.Cryptography;

namespace Yinxin.Identity.Tests.Hosting;

/// <summary>The keys by which the sandbox's authorities sign in tests, and which Identity pins.</summary>
public static class AuthorityKeyring
{
    /// <summary>Section of the settings → name of the authority.</summary>
    public static readonly IReadOnlyDictionary<string, string> Authorities = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Population"] = "population",
        ["Market"] = "market",
        ["Staffing"] = "staffing",
        ["CivilAffairs"] = "civil-affairs",
        ["Quality"] = "quality",
        ["Tax"] = "tax",
        ["BankCard"] = "bank-card",
        ["HousingFund"] = "housing-fund",
        ["Alipay"] = "alipay",
        ["RealPerson"] = "real-person",
        ["Carrier"] = "carrier",
    };

    private static readonly Dictionary<string, ECDsa> Keys = Authorities.Values.ToDictionary(a => a, _ => ECDsa.Create(ECCurve.NamedCurves.nistP256), StringComparer.Ordinal);

    /// <summary>Authority → base64 PKCS#8.</summary>
    public static IReadOnlyDictionary<string, string> PrivateKeys { get; } = Keys.ToDictionary(k => k.Key, k => Convert.ToBase64String(k.Value.ExportPkcs8PrivateKey()), StringComparer.Ordinal);

    /// <summary>Base64 SubjectPublicKeyInfo.</summary>
    public static string PublicKey(string authority) => Convert.ToBase64String(Keys[authority].ExportSubjectPublicKeyInfo());

    /// <summary>The key itself, for messages that the sandbox would not sign.</summary>
    public static ECDsa Key(string authority) => Keys[authority];
}
