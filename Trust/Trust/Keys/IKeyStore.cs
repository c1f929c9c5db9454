using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Keys;

/// <summary>A place where private keys lie: this process's own files, or a PKCS#11 token. Whoever signs sees only the <see cref="ISigner"/>. Safe for concurrent use.</summary>
public interface IKeyStore : IDisposable
{
    /// <summary>The name used in settings: <c>software</c> or <c>pkcs11</c>.</summary>
    string Provider { get; }

    /// <summary>Makes a key that stays in the store.</summary>
    /// <param name="algorithm">How it will sign.</param>
    /// <param name="label">For people, at most 60 characters; need not be unique.</param>
    /// <exception cref="KeyStoreException">The store lacks the algorithm, or cannot be used now.</exception>
    ISigner Create(SignatureAlgorithm algorithm, string label);

    /// <summary>The signer of a key, or null when the store does not hold it.</summary>
    /// <param name="keyId">As in <see cref="ISigner.KeyId"/>.</param>
    /// <param name="algorithm">Only where a key can sign in two ways: an RSA key of a token signs by PKCS#1 v1.5 unless PSS is asked for.</param>
    /// <exception cref="KeyStoreException">The store cannot be used now, or the key cannot sign in the way that is asked for.</exception>
    ISigner? Find(string keyId, SignatureAlgorithm? algorithm = null);

    /// <summary>Every key that can sign.</summary>
    /// <exception cref="KeyStoreException">The store cannot be used now.</exception>
    IReadOnlyList<StoredKey> List();

    /// <summary>Removes a key for ever; false when it was not there.</summary>
    /// <exception cref="KeyStoreException">The store cannot be used now.</exception>
    bool Destroy(string keyId);
}

/// <summary>A key in a store.</summary>
/// <param name="KeyId">As in <see cref="ISigner.KeyId"/>.</param>
/// <param name="Label">The name that people gave it.</param>
/// <param name="Algorithm">How it signs.</param>
public sealed record StoredKey(string KeyId, string Label, SignatureAlgorithm Algorithm);
