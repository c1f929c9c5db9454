using System.Security.Cryptography;
using System.Text.Json;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Keys.Software;

/// <summary>Keys in a directory, one encrypted PKCS#8 file each (mode 0600). A signer that was found belongs to the caller, who disposes it and so wipes it.</summary>
/// <param name="directory">Made when missing.</param>
/// <param name="envelope">Encrypts; the store does not dispose it.</param>
public sealed class SoftwareKeyStore(string directory, IKeyEnvelope envelope) : IKeyStore
{
    private const string Ending = ".key.json";

    /// <inheritdoc/>
    public string Provider => "software";

    /// <inheritdoc/>
    public ISigner Create(SignatureAlgorithm algorithm, string label)
    {
        var signer = SoftwareKeys.Generate(algorithm);
        try
        {
            Import(signer, label);
            return signer;
        }
        catch
        {
            signer.Dispose();
            throw;
        }
    }

    /// <summary>Takes in a key that was made elsewhere.</summary>
    /// <param name="signer">Stays the caller's.</param>
    /// <param name="label">For people.</param>
    public void Import(SoftwareSigner signer, string label)
    {
        var pkcs8 = signer.ExportPkcs8();
        try
        {
            PrivateFiles.CreateDirectory(directory);
            var record = new Record(signer.KeyId, label, signer.Algorithm.ToString(), envelope.Close(pkcs8, Name(signer.KeyId, signer.Algorithm)));
            PrivateFiles.Write(PathOf(signer.KeyId), JsonSerializer.SerializeToUtf8Bytes(record));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    /// <inheritdoc/>
    public ISigner? Find(string keyId, SignatureAlgorithm? algorithm = null)
    {
        if (Read(keyId) is not { } record)
        {
            return null;
        }

        var stored = Enum.Parse<SignatureAlgorithm>(record.Algorithm);
        if (algorithm is { } wanted && wanted != stored)
        {
            throw new KeyStoreException(KeyStoreException.NotSupported, $"The key {keyId} signs by {stored}, not by {wanted}.", $"密钥 {keyId} 的算法是 {stored}，不是 {wanted}。");
        }

        return Open(record, stored);
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredKey> List() => !Directory.Exists(directory) ? [] :
        [.. Directory.GetFiles(directory, "*" + Ending).Order(StringComparer.Ordinal)
            .Select(f => Read(Path.GetFileName(f)[..^Ending.Length])!).Select(r => new StoredKey(r.KeyId, r.Label, Enum.Parse<SignatureAlgorithm>(r.Algorithm)))];

    /// <inheritdoc/>
    public bool Destroy(string keyId)
    {
        var there = IsKeyId(keyId) && File.Exists(PathOf(keyId));
        if (there)
        {
            File.Delete(PathOf(keyId));
        }

        return there;
    }

    /// <summary>Holds nothing open.</summary>
    public void Dispose()
    {
    }

    private static bool IsKeyId(string keyId) => keyId.Length == 40 && keyId.All(char.IsAsciiHexDigitLower);

    private static string Name(string keyId, SignatureAlgorithm algorithm) => $"{keyId} {algorithm}";

    private string PathOf(string keyId) => Path.Combine(directory, keyId + Ending);

    private Record? Read(string keyId)
    {
        try
        {
            var record = IsKeyId(keyId) && File.Exists(PathOf(keyId)) ? JsonSerializer.Deserialize<Record>(File.ReadAllBytes(PathOf(keyId))) : null;
            return record is null || (record.KeyId == keyId && Enum.TryParse<SignatureAlgorithm>(record.Algorithm, out _)) ? record : throw Unreadable(keyId, null);
        }
        catch (JsonException e)
        {
            throw Unreadable(keyId, e);
        }
    }

    private SoftwareSigner Open(Record record, SignatureAlgorithm algorithm)
    {
        var pkcs8 = Array.Empty<byte>();
        try
        {
            pkcs8 = envelope.Open(record.Key, Name(record.KeyId, algorithm));
            return SoftwareKeys.Open(pkcs8, algorithm);
        }
        catch (CryptographicException e)
        {
            throw Unreadable(record.KeyId, e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    private static KeyStoreException Unreadable(string keyId, Exception? inner) =>
        new(KeyStoreException.Unreadable, $"The key {keyId} cannot be opened: changed, or encrypted under another key.", $"无法打开密钥 {keyId}：文件被改动，或由其他密钥加密。", inner);

    private sealed record Record(string KeyId, string Label, string Algorithm, byte[] Key);
}
