namespace Yinxin.Trust.Validation;

/// <summary>Why a validation did not pass (ETSI EN 319 102-1 V1.4.1 §5.1.3, table 6). The names in upper snake case are the standard's own.</summary>
public enum SubIndication
{
    /// <summary>FORMAT_FAILURE: not of the format, so that nothing can be verified.</summary>
    FormatFailure,

    /// <summary>HASH_FAILURE: a digest inside the signature is not that of the signed object.</summary>
    HashFailure,

    /// <summary>SIG_CRYPTO_FAILURE: the signature value is not right for the signer's key.</summary>
    SigCryptoFailure,

    /// <summary>REVOKED: the certificate was revoked, and the signature is proven to be younger.</summary>
    Revoked,

    /// <summary>EXPIRED: the signature is proven to be younger than the end of the certificate.</summary>
    Expired,

    /// <summary>NOT_YET_VALID: the signature is proven to be older than the certificate.</summary>
    NotYetValid,

    /// <summary>SIG_CONSTRAINTS_FAILURE: an attribute of the signature is not as the policy wants it.</summary>
    SigConstraintsFailure,

    /// <summary>CHAIN_CONSTRAINTS_FAILURE: the certificate chain is not as the policy wants it.</summary>
    ChainConstraintsFailure,

    /// <summary>CERTIFICATE_CHAIN_GENERAL_FAILURE: the chain cannot be validated for another reason.</summary>
    CertificateChainGeneralFailure,

    /// <summary>CRYPTO_CONSTRAINTS_FAILURE: an algorithm or key was already too weak when the material was made.</summary>
    CryptoConstraintsFailure,

    /// <summary>POLICY_PROCESSING_ERROR: the signature policy cannot be processed.</summary>
    PolicyProcessingError,

    /// <summary>SIGNATURE_POLICY_NOT_AVAILABLE: the policy that the signature names is not at hand.</summary>
    SignaturePolicyNotAvailable,

    /// <summary>TIMESTAMP_ORDER_FAILURE: timestamps contradict each other.</summary>
    TimestampOrderFailure,

    /// <summary>NO_SIGNING_CERTIFICATE_FOUND: the signer's certificate cannot be identified.</summary>
    NoSigningCertificateFound,

    /// <summary>NO_CERTIFICATE_CHAIN_FOUND: no chain leads to a trust anchor.</summary>
    NoCertificateChainFound,

    /// <summary>NO_CERTIFICATE_CHAIN_FOUND_NO_POE: the anchor is trusted no longer, and nothing proves that the signature is older.</summary>
    NoCertificateChainFoundNoPoe,

    /// <summary>REVOKED_NO_POE: the certificate is revoked, and nothing proves that the signature is older.</summary>
    RevokedNoPoe,

    /// <summary>REVOKED_CA_NO_POE: a CA above is revoked, and nothing proves that the signature is older.</summary>
    RevokedCaNoPoe,

    /// <summary>OUT_OF_BOUNDS_NOT_REVOKED: outside the certificate's validity, though it is known that it was not revoked within.</summary>
    OutOfBoundsNotRevoked,

    /// <summary>OUT_OF_BOUNDS_NO_POE: outside the certificate's validity, and nothing proves that the signature was made within.</summary>
    OutOfBoundsNoPoe,

    /// <summary>REVOCATION_OUT_OF_BOUNDS_NO_POE: the certificate that signed the revocation data expired, and nothing proves that the data is older.</summary>
    RevocationOutOfBoundsNoPoe,

    /// <summary>CRYPTO_CONSTRAINTS_FAILURE_NO_POE: an algorithm or key is too weak now, and nothing proves that the material is older.</summary>
    CryptoConstraintsFailureNoPoe,

    /// <summary>NO_POE: a proof is missing that something existed before an event that harms it.</summary>
    NoPoe,

    /// <summary>TRY_LATER: revocation data at hand is missing, too old, or says «on hold»; later there may be better.</summary>
    TryLater,

    /// <summary>SIGNED_DATA_NOT_FOUND: the signed data is not at hand.</summary>
    SignedDataNotFound,

    /// <summary>CUSTOM: a rule of the format or of the caller beyond the standard.</summary>
    Custom,
}
