namespace Yinxin.Trust.Validation.Subjects;

/// <summary>A timestamp token as the engine sees it: a signature over a time and a digest.</summary>
public sealed record TimestampUnderValidation
{
    /// <summary>The token's signature; its objects are the TSTInfo and the stamped data.</summary>
    public required SignatureUnderValidation Signature { get; init; }

    /// <summary>The time that the TSA vouches for.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What it proves to have existed then.</summary>
    public required IReadOnlyList<EvidenceKey> Proves { get; init; }

    /// <summary>The token itself, which a later timestamp proves.</summary>
    public required EvidenceKey Key { get; init; }
}
