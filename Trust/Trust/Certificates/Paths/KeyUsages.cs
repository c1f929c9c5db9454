namespace Yinxin.Trust.Certificates.Paths;

/// <summary>What a key may be used for (RFC 5280 §4.2.1.3).</summary>
[Flags]
public enum KeyUsages
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>digitalSignature.</summary>
    DigitalSignature = 1,

    /// <summary>nonRepudiation, now contentCommitment.</summary>
    ContentCommitment = 2,

    /// <summary>keyEncipherment.</summary>
    KeyEncipherment = 4,

    /// <summary>dataEncipherment.</summary>
    DataEncipherment = 8,

    /// <summary>keyAgreement.</summary>
    KeyAgreement = 16,

    /// <summary>keyCertSign.</summary>
    CertificateSigning = 32,

    /// <summary>cRLSign.</summary>
    CrlSigning = 64,

    /// <summary>encipherOnly.</summary>
    EncipherOnly = 128,

    /// <summary>decipherOnly.</summary>
    DecipherOnly = 256,
}
