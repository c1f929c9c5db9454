using System.Security.Cryptography;

namespace Yinxin.Trust.Keys.Software;

/// <summary>Encrypts private keys before they touch a disk.</summary>
public interface IKeyEnvelope
{
    /// <summary>Encrypts.</summary>
    /// <param name="pkcs8">An unencrypted PKCS#8 key.</param>
    /// <param name="name">Bound to the result, so that one key's envelope does not open in the place of another.</param>
    byte[] Close(ReadOnlySpan<byte> pkcs8, string name);

    /// <summary>Decrypts; the caller wipes the result.</summary>
    /// <exception cref="CryptographicException">Changed, of another name, or encrypted under something else.</exception>
    byte[] Open(ReadOnlySpan<byte> envelope, string name);
}
