using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Validation.Evidence;
using Yinxin.Trust.Validation.Policies;
using Yinxin.Trust.Validation.Processes;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Validation;

/// <summary>Everything that a validation found; reports are drawn from it.</summary>
public sealed record ValidationResult
{
    /// <summary>What was validated.</summary>
    public required SignatureUnderValidation Signature { get; init; }

    /// <summary>The whole, as TOTAL-PASSED, TOTAL-FAILED or INDETERMINATE.</summary>
    public required Conclusion Conclusion { get; init; }

    /// <summary>When it was validated.</summary>
    public required DateTimeOffset ValidationTime { get; init; }

    /// <summary>The earliest time at which the signature is proven to exist.</summary>
    public required DateTimeOffset BestSignatureTime { get; init; }

    /// <summary>A timestamp or another proof vouches for <see cref="BestSignatureTime"/>; otherwise it is only the validation time.</summary>
    public bool TimeProven => BestSignatureTime < ValidationTime;

    /// <summary>By which policy.</summary>
    public required ValidationPolicy Policy { get; init; }

    /// <summary>Conclusion of the basic process (§5.3).</summary>
    public required Conclusion Basic { get; init; }

    /// <summary>Conclusion of the process with time (§5.5).</summary>
    public required Conclusion WithTime { get; init; }

    /// <summary>The signer's certificate; null when it was not identified.</summary>
    public PathCertificate? SigningCertificate { get; init; }

    /// <summary>From the signer to the anchor; empty when none was found.</summary>
    public IReadOnlyList<PathCertificate> Path { get; init; } = [];

    /// <summary>Each timestamp with its conclusion.</summary>
    public IReadOnlyList<TimestampOutcome> Timestamps { get; init; } = [];

    /// <summary>Each evidence record with its conclusion.</summary>
    public IReadOnlyList<EvidenceRecordOutcome> EvidenceRecords { get; init; } = [];

    /// <summary>Each block in the order in which it ran.</summary>
    public IReadOnlyList<BlockResult> Blocks { get; init; } = [];

    /// <summary>Proofs of existence.</summary>
    public IReadOnlyList<ProofOfExistence> Proofs { get; init; } = [];

    /// <summary>Certificates of all chains.</summary>
    public IReadOnlyCollection<PathCertificate> Certificates { get; init; } = [];

    /// <summary>Revocation data at hand.</summary>
    public IReadOnlyList<RevocationEvidence> Revocation { get; init; } = [];

    /// <summary>The first constraint of a code, or null.</summary>
    public ConstraintResult? Find(string code) => Blocks.SelectMany(b => b.Constraints).FirstOrDefault(c => c.Code == code);
}
