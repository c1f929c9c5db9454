using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace Yinxin.Trust.Log;

/// <summary>An Ed25519 note key: a log's own (C2SP signed-note), or a witness's, which adds the time to what it signs (C2SP tlog-cosignature).</summary>
public sealed class Ed25519NoteSigner : INoteSigner
{
    /// <summary>Bytes of the private key (RFC 8032).</summary>
    public const int SeedLength = 32;

    private readonly Ed25519PrivateKeyParameters key;
    private readonly TimeProvider? cosigning;

    private Ed25519NoteSigner(string name, ReadOnlySpan<byte> seed, TimeProvider? cosigning)
    {
        key = seed.Length == SeedLength ? new Ed25519PrivateKeyParameters(seed.ToArray()) : throw new CryptographicException("An Ed25519 key has 32 bytes.");
        this.cosigning = cosigning;
        Verifier = new NoteVerifier(name, cosigning is null ? NoteAlgorithm.Ed25519 : NoteAlgorithm.Cosignature, key.GeneratePublicKey().GetEncoded());
    }

    /// <inheritdoc/>
    public NoteVerifier Verifier { get; }

    /// <summary>A log's key.</summary>
    /// <exception cref="CryptographicException">Not a seed of 32 bytes, or not a name.</exception>
    public static Ed25519NoteSigner ForLog(string name, ReadOnlySpan<byte> seed) => new(name, seed, null);

    /// <summary>A witness's key; use it for nothing else.</summary>
    /// <exception cref="CryptographicException">Not a seed of 32 bytes, or not a name.</exception>
    public static Ed25519NoteSigner ForWitness(string name, ReadOnlySpan<byte> seed, TimeProvider time) => new(name, seed, time);

    /// <inheritdoc/>
    public NoteSignature Sign(string text)
    {
        if (cosigning is null)
        {
            return new NoteSignature(Verifier.Name, Verifier.KeyId, SignBytes(text));
        }

        var now = cosigning.GetUtcNow().ToUnixTimeSeconds();
        var signature = new byte[8 + 64];
        BinaryPrimitives.WriteInt64BigEndian(signature, now);
        SignBytes(NoteVerifier.CosignedText(now, text)).CopyTo(signature, 8);
        return new NoteSignature(Verifier.Name, Verifier.KeyId, signature);
    }

    private byte[] SignBytes(string text)
    {
        var signer = new Ed25519Signer();
        signer.Init(forSigning: true, key);
        signer.BlockUpdate(Encoding.UTF8.GetBytes(text));
        return signer.GenerateSignature();
    }
}
