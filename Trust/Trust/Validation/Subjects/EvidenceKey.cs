using System.Security.Cryptography;

namespace Yinxin.Trust.Validation.Subjects;

/// <summary>Names an object that proofs of existence speak of: SHA-256 of its bytes. A name within one validation, not a proof by itself.</summary>
/// <param name="Sha256">Hex, lower case.</param>
public readonly record struct EvidenceKey(string Sha256)
{
    /// <summary>The name of these bytes.</summary>
    public static EvidenceKey Of(ReadOnlySpan<byte> bytes) => new(Convert.ToHexStringLower(SHA256.HashData(bytes)));

    /// <inheritdoc/>
    public override string ToString() => Sha256;
}
