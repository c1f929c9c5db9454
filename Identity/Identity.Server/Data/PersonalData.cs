using Yinxin.ServiceDefaults.Security;

namespace Yinxin.Identity.Server.Data;

/// <summary>Encrypts personal columns and private keys, and makes the keyed hashes by which encrypted values are found.</summary>
internal sealed class PersonalData(IDataCipher cipher)
{
    public string Protect(string purpose, byte[] value) => Convert.ToBase64String(cipher.Encrypt(purpose, value));

    public string Protect(string purpose, string value) => cipher.EncryptText(purpose, value);

    public byte[] UnprotectBytes(string purpose, string envelope) => cipher.Decrypt(purpose, Convert.FromBase64String(envelope));

    public string Unprotect(string purpose, string envelope) => cipher.DecryptText(purpose, envelope);

    /// <summary>Equal values are found, nothing else is learnt.</summary>
    public string Index(string purpose, string value) => cipher.BlindIndex(purpose, value);
}
