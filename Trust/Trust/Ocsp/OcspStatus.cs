namespace Yinxin.Trust.Ocsp;

/// <summary>What a response as a whole says: OCSPResponseStatus (RFC 6960 §4.2.1), with the standard's numbers.</summary>
public enum OcspResponseStatus
{
    /// <summary>It has an answer.</summary>
    Successful = 0,

    /// <summary>The request is not one.</summary>
    MalformedRequest = 1,

    /// <summary>Something went wrong in the responder.</summary>
    InternalError = 2,

    /// <summary>It cannot answer now.</summary>
    TryLater = 3,

    /// <summary>The request would have to be signed.</summary>
    SigRequired = 5,

    /// <summary>It does not answer for that issuer (RFC 5019 §2.2.3), or not to this asker.</summary>
    Unauthorized = 6,
}

/// <summary>The status of one certificate: CertStatus (RFC 6960 §2.2).</summary>
public enum OcspCertificateStatus
{
    /// <summary>Not revoked.</summary>
    Good,

    /// <summary>Revoked, or on hold, or never issued (with reason certificateHold of 1970, §2.2).</summary>
    Revoked,

    /// <summary>The responder does not know it.</summary>
    Unknown,
}
