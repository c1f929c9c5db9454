namespace Yinxin.Trust.Validation.Policies;

/// <summary>Until when an algorithm may be relied on: either a hash function, or a signature algorithm with keys up to some size.</summary>
public sealed record AlgorithmLimit
{
    /// <summary>Name of a hash function, e.g. <c>SHA-1</c>; null for a signature algorithm.</summary>
    public string? Hash { get; init; }

    /// <summary><c>RSA</c>, <c>RSA-PKCS1</c> (only RSASSA-PKCS1-v1_5), <c>DSA</c>, <c>ECDSA</c>, <c>EdDSA</c>, <c>ML-DSA</c> or <c>SM2</c>; null for a hash function.</summary>
    public string? Algorithm { get; init; }

    /// <summary>Keys of fewer bits than this fall under the limit; null for every key.</summary>
    public int? BitsBelow { get; init; }

    /// <summary>Last day of reliance, UTC; null for no end in sight.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>Never to be relied on, whatever the time.</summary>
    public bool Never { get; init; }

    /// <summary>The publication that says so.</summary>
    public required string Source { get; init; }
}
