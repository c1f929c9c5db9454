namespace Yinxin.Trust.Suites;

/// <summary>A private key that signs; where it lies is the implementation's affair.</summary>
public interface ISigner
{
    /// <summary>Algorithm, curve or padding, and hash.</summary>
    SignatureAlgorithm Algorithm { get; }

    /// <summary>The suite that the algorithm belongs to.</summary>
    SignatureSuite Suite { get; }

    /// <summary>Hex of the first 20 bytes of SHA-256 over the public key info: the same key has the same id everywhere.</summary>
    string KeyId { get; }

    /// <summary>DER SubjectPublicKeyInfo.</summary>
    ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>Signs the data (not a digest of it). ECDSA and SM2 answer DER <c>SEQUENCE { r, s }</c>, SM2 with the default user id; RSA and Ed25519 answer their bare bytes. Safe for concurrent use.</summary>
    byte[] Sign(ReadOnlySpan<byte> data);
}
