using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Log;

/// <summary>A note key's public half (C2SP signed-note). As text: <c>name+hash+base64</c>.</summary>
public sealed class NoteVerifier
{
    /// <summary>Follows the type byte 0xff of our SM2 keys and signatures; after it the key's DER SubjectPublicKeyInfo.</summary>
    internal static readonly byte[] Sm2Identifier = "yinxin/sm2-sm3/v1\n"u8.ToArray();

    private const int Ed25519KeyLength = 32;
    private const int Ed25519SignatureLength = 64;
    private const int LongestKey = 512;
    private readonly byte[] key;

    /// <summary>A key of either kind.</summary>
    /// <param name="name">Name, without blanks and plus signs.</param>
    /// <param name="algorithm">How it signs.</param>
    /// <param name="key">32 bytes of Ed25519 (RFC 8032), or DER SubjectPublicKeyInfo of SM2 or ECDSA.</param>
    /// <exception cref="CryptographicException">A name or key of another form.</exception>
    public NoteVerifier(string name, NoteAlgorithm algorithm, ReadOnlySpan<byte> key)
    {
        var isKey = algorithm switch
        {
            NoteAlgorithm.Sm2 => SignatureVerifier.SuiteOf(key) == SignatureSuite.Sm,
            NoteAlgorithm.Ecdsa => key.Length is > Ed25519KeyLength and <= LongestKey,
            _ => key.Length == Ed25519KeyLength,
        };
        if (!NoteKeyName.IsValid(name) || !isKey)
        {
            throw new CryptographicException("Not a note key.");
        }

        (Name, Algorithm, this.key) = (name, algorithm, key.ToArray());
        KeyId = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(
            algorithm == NoteAlgorithm.Ecdsa ? this.key : [.. Encoding.UTF8.GetBytes(name), (byte)'\n', .. Typed()]));
    }

    /// <summary>The key's name.</summary>
    public string Name { get; }

    /// <summary>How it signs.</summary>
    public NoteAlgorithm Algorithm { get; }

    /// <summary>First four bytes of SHA-256 over name, newline, type and key; of ECDSA over the key alone.</summary>
    public uint KeyId { get; }

    /// <summary>Reads <c>name+hash+base64</c>.</summary>
    /// <exception cref="CryptographicException">Another form, an unknown type, or a hash that is not the key's.</exception>
    public static NoteVerifier Parse(string text)
    {
        var parts = text.Length <= 1024 ? text.Split('+', 3) : [];
        if (parts.Length != 3 || !StrictBase64.TryDecode(parts[2], out var typed) || typed.Length < 2)
        {
            throw new CryptographicException("A note key is name+hash+base64.");
        }

        var verifier = (typed[0], typed.AsSpan(1).StartsWith(Sm2Identifier)) switch
        {
            (0x01, _) => new NoteVerifier(parts[0], NoteAlgorithm.Ed25519, typed.AsSpan(1)),
            (0x02, _) => new NoteVerifier(parts[0], NoteAlgorithm.Ecdsa, typed.AsSpan(1)),
            (0x04, _) => new NoteVerifier(parts[0], NoteAlgorithm.Cosignature, typed.AsSpan(1)),
            (0xff, true) => new NoteVerifier(parts[0], NoteAlgorithm.Sm2, typed.AsSpan(1 + Sm2Identifier.Length)),
            _ => throw new CryptographicException($"Note keys of type 0x{typed[0]:x2} are not known here."),
        };
        return verifier.ToString() == text ? verifier : throw new CryptographicException("The hash in the note key is not this key's.");
    }

    /// <summary>Whether the signature says that this key made it.</summary>
    public bool Made(NoteSignature signature) => signature.Name == Name && signature.KeyId == KeyId;

    /// <summary>Whether this key signed the text.</summary>
    public bool Verify(string text, ReadOnlySpan<byte> signature) => Algorithm switch
    {
        NoteAlgorithm.Sm2 => SignatureVerifier.Verify(key, SignatureSuite.Sm, Encoding.UTF8.GetBytes(text), signature),
        NoteAlgorithm.Ecdsa => SignatureVerifier.Verify(key, new EcdsaScheme(HashFunction.Sha256), Encoding.UTF8.GetBytes(text), signature),
        NoteAlgorithm.Cosignature => CosignedAt(signature) is { } time && VerifyEd25519(CosignedText(time, text), signature[8..]),
        _ => VerifyEd25519(text, signature),
    };

    /// <summary>When a witness says that it cosigned, in seconds since 1970; null when the signature has no such form.</summary>
    public static long? CosignedAt(ReadOnlySpan<byte> signature) =>
        signature.Length == 8 + Ed25519SignatureLength && BinaryPrimitives.ReadInt64BigEndian(signature) is >= 0 and var time ? time : null;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}+{KeyId:x8}+{Convert.ToBase64String(Typed())}");

    internal static string CosignedText(long time, string text) => string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {time}\n{text}");

    private byte[] Typed() => Algorithm switch
    {
        NoteAlgorithm.Sm2 => [0xff, .. Sm2Identifier, .. key],
        NoteAlgorithm.Ecdsa => [0x02, .. key],
        NoteAlgorithm.Cosignature => [0x04, .. key],
        _ => [0x01, .. key],
    };

    private bool VerifyEd25519(string text, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != Ed25519SignatureLength)
        {
            return false;
        }

        try
        {
            var signer = new Ed25519Signer();
            signer.Init(forSigning: false, new Ed25519PublicKeyParameters(key));
            signer.BlockUpdate(Encoding.UTF8.GetBytes(text));
            return signer.VerifySignature(signature.ToArray());
        }
        catch (Exception e) when (Malformed.Is(e))
        {
            return false;
        }
    }
}
