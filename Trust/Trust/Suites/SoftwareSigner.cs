using System.Security.Cryptography;
using Yinxin.Trust.Suites.Signing;

namespace Yinxin.Trust.Suites;

/// <summary>
/// A key in this process's memory. Each thread keeps a signer that is set up; SM2 runs on BouncyCastle's fast curve. The PKCS#8 bytes lie in
/// memory that the collector does not move, and are wiped when the signer is disposed of; the numbers inside BouncyCastle's keys cannot be.
/// </summary>
public sealed class SoftwareSigner : ISigner, IDisposable
{
    internal static readonly byte[] DefaultUserId = "1234567812345678"u8.ToArray();
    private readonly byte[] pkcs8;
    private readonly ThreadLocal<KeptSigner> signers;
    private bool disposed;

    private SoftwareSigner(SignatureAlgorithm algorithm, ReadOnlySpan<byte> pkcs8, byte[] publicKey)
    {
        Algorithm = algorithm;
        PublicKey = publicKey;
        KeyId = Convert.ToHexStringLower(SHA256.HashData(publicKey).AsSpan(0, 20));
        this.pkcs8 = GC.AllocateUninitializedArray<byte>(pkcs8.Length, pinned: true);
        pkcs8.CopyTo(this.pkcs8);
        signers = new ThreadLocal<KeptSigner>(() => KeptSigner.Create(algorithm, this.pkcs8), trackAllValues: true);
    }

    /// <inheritdoc/>
    public SignatureAlgorithm Algorithm { get; }

    /// <inheritdoc/>
    public SignatureSuite Suite => Algorithm.Suite();

    /// <inheritdoc/>
    public string KeyId { get; }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>A fresh key of a suite's first algorithm: ES256 or SM2.</summary>
    public static SoftwareSigner Generate(SignatureSuite suite) => Generate(suite.FirstAlgorithm());

    /// <summary>A fresh key; RSA keys have 3072 bits.</summary>
    public static SoftwareSigner Generate(SignatureAlgorithm algorithm)
    {
        var pkcs8 = PrivateKeys.Generate(algorithm);
        try
        {
            return new SoftwareSigner(algorithm, pkcs8, PrivateKeys.Read(pkcs8).PublicKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    /// <summary>Reads an unencrypted PKCS#8 key. The key decides the algorithm; an RSA key signs with RS256 unless <paramref name="algorithm"/> is PS256.</summary>
    /// <param name="pkcs8">DER; the caller wipes it.</param>
    /// <param name="algorithm">The algorithm that the key must be for, or null.</param>
    /// <exception cref="CryptographicException">Malformed, of no suite, not for the algorithm asked for, or an RSA key below 2048 bits.</exception>
    public static SoftwareSigner FromPkcs8(ReadOnlySpan<byte> pkcs8, SignatureAlgorithm? algorithm = null)
    {
        var bytes = pkcs8.ToArray();
        try
        {
            var (natural, publicKey) = PrivateKeys.Read(bytes);
            var asked = algorithm ?? natural;
            return asked == natural || (asked, natural) is (SignatureAlgorithm.Ps256, SignatureAlgorithm.Rs256)
                ? new SoftwareSigner(asked, bytes, publicKey)
                : throw new CryptographicException($"The key is for {natural}, not for {asked}.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <inheritdoc/>
    public byte[] Sign(ReadOnlySpan<byte> data) => signers.Value!.Sign(data);

    /// <summary>The unencrypted key; encrypt it before it touches a disk and wipe the array after.</summary>
    public byte[] ExportPkcs8()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        return (byte[])pkcs8.Clone();
    }

    /// <summary>Wipes the key from memory. Must not run beside <see cref="Sign"/>.</summary>
    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        CryptographicOperations.ZeroMemory(pkcs8);
        foreach (var signer in signers.Values)
        {
            signer.Dispose();
        }

        signers.Dispose();
    }
}
