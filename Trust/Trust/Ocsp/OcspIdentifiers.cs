namespace Yinxin.Trust.Ocsp;

/// <summary>Object identifiers of RFC 6960 §4.</summary>
internal static class OcspIdentifiers
{
    /// <summary>id-pkix-ocsp-basic.</summary>
    public const string Basic = "1.3.6.1.5.5.7.48.1.1";

    /// <summary>id-pkix-ocsp-nonce (RFC 9654).</summary>
    public const string Nonce = "1.3.6.1.5.5.7.48.1.2";

    /// <summary>id-pkix-ocsp-archive-cutoff (§4.4.4).</summary>
    public const string ArchiveCutoff = "1.3.6.1.5.5.7.48.1.6";

    /// <summary>id-pkix-ocsp-extended-revoke (§4.4.8).</summary>
    public const string ExtendedRevoke = "1.3.6.1.5.5.7.48.1.9";
}
