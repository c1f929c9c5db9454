namespace Yinxin.Trust.Keys.Pkcs11;

/// <summary>Which token, and how it is used.</summary>
public sealed record Pkcs11Settings
{
    /// <summary>Path of the token's PKCS#11 library (Cryptoki 2.40 or later).</summary>
    public required string Library { get; init; }

    /// <summary>Label of the token; exactly one slot must hold it.</summary>
    public required string TokenLabel { get; init; }

    /// <summary>File whose first line is the user's PIN; read at each sign-in and wiped after it.</summary>
    public required string PinFile { get; init; }

    /// <summary>Most sessions that work at the same time, 1 to 256.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to anything else.</exception>
    public int Sessions
    {
        get;
        init => field = value is >= 1 and <= 256 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "1 to 256 sessions.");
    }
    = 8;

    /// <summary>How long a caller waits for a session before it fails.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The vendor's numbers for SM2; PKCS#11 has none. Null: the token signs no SM2.</summary>
    public VendorSm2? Sm2 { get; init; }
}

/// <summary>How a token with SM2 calls it: the input of the signature is SM3(Z ‖ M) of 32 bytes, its output r ‖ s of 64. Vendors differ; take the numbers from the token's manual.</summary>
/// <param name="KeyType">CKA_KEY_TYPE of SM2 keys.</param>
/// <param name="GenerateMechanism">Mechanism that makes a key pair.</param>
/// <param name="SignMechanism">Mechanism that signs a digest.</param>
public sealed record VendorSm2(ulong KeyType, ulong GenerateMechanism, ulong SignMechanism);
