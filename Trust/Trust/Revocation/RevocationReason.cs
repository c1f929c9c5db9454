namespace Yinxin.Trust.Revocation;

/// <summary>Why a certificate is no longer to be relied on: CRLReason (RFC 5280 §5.3.1), with the standard's numbers.</summary>
public enum RevocationReason
{
    /// <summary>Nothing is said; never written as a reason code.</summary>
    Unspecified = 0,

    /// <summary>The subject's key is, or may be, in other hands.</summary>
    KeyCompromise = 1,

    /// <summary>The CA's own key is, or may be, in other hands; for certificates of CAs.</summary>
    CaCompromise = 2,

    /// <summary>The subject's name or affiliation changed.</summary>
    AffiliationChanged = 3,

    /// <summary>Another certificate took its place.</summary>
    Superseded = 4,

    /// <summary>It is no longer needed for what it was made for.</summary>
    CessationOfOperation = 5,

    /// <summary>Suspended; may be released or revoked for good.</summary>
    CertificateHold = 6,

    /// <summary>In a delta CRL: no longer on hold.</summary>
    RemoveFromCrl = 8,

    /// <summary>A privilege that the certificate says is withdrawn.</summary>
    PrivilegeWithdrawn = 9,

    /// <summary>As key compromise, for attribute authorities.</summary>
    AaCompromise = 10,
}

/// <summary>The reasons' names as ASN.1 has them.</summary>
public static class RevocationReasons
{
    private static readonly Dictionary<string, RevocationReason> ByName = new(StringComparer.Ordinal)
    {
        ["unspecified"] = RevocationReason.Unspecified,
        ["keyCompromise"] = RevocationReason.KeyCompromise,
        ["cACompromise"] = RevocationReason.CaCompromise,
        ["affiliationChanged"] = RevocationReason.AffiliationChanged,
        ["superseded"] = RevocationReason.Superseded,
        ["cessationOfOperation"] = RevocationReason.CessationOfOperation,
        ["certificateHold"] = RevocationReason.CertificateHold,
        ["removeFromCRL"] = RevocationReason.RemoveFromCrl,
        ["privilegeWithdrawn"] = RevocationReason.PrivilegeWithdrawn,
        ["aACompromise"] = RevocationReason.AaCompromise,
    };

    private static readonly Dictionary<RevocationReason, string> Names = ByName.ToDictionary(p => p.Value, p => p.Key);

    /// <summary>The name in RFC 5280 §5.3.1, e.g. <c>keyCompromise</c>.</summary>
    public static string Name(this RevocationReason reason) => Names[reason];

    /// <summary>The reason of that name, or null.</summary>
    public static RevocationReason? Parse(string? name) => name is not null && ByName.TryGetValue(name, out var reason) ? reason : null;
}
