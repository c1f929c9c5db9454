namespace Yinxin.Trust.Validation;

/// <summary>How one constraint came out.</summary>
public enum ConstraintStatus
{
    /// <summary>Kept.</summary>
    Ok,

    /// <summary>Not kept, and the policy lets it stop the validation.</summary>
    NotOk,

    /// <summary>Not kept, and the policy only warns.</summary>
    Warning,

    /// <summary>The policy does not look at it.</summary>
    Ignored,
}

/// <summary>One constraint of a block with its result.</summary>
/// <param name="Code">Stable, e.g. <c>certificate.revocation</c>.</param>
/// <param name="Chinese">What is asked, for people.</param>
/// <param name="English">The same in English.</param>
/// <param name="Status">How it came out.</param>
/// <param name="Detail">What was found.</param>
public sealed record ConstraintResult(string Code, string Chinese, string English, ConstraintStatus Status, string? Detail = null);

/// <summary>One run of a building block or process.</summary>
/// <param name="Block">Stable name, e.g. <c>x509-certificate-validation</c>.</param>
/// <param name="Clause">Clause of ETSI EN 319 102-1.</param>
/// <param name="Subject">Id of the signature, timestamp or certificate that was looked at.</param>
/// <param name="At">The time that it was judged for; null where time plays no part.</param>
/// <param name="Constraints">Each constraint in order.</param>
/// <param name="Conclusion">What follows.</param>
public sealed record BlockResult(string Block, string Clause, string Subject, DateTimeOffset? At, IReadOnlyList<ConstraintResult> Constraints, Conclusion Conclusion);
