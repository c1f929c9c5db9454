namespace Yinxin.Trust.Validation;

/// <summary>What a block or a process concludes (ETSI EN 319 102-1 §5.1.3).</summary>
/// <param name="Indication">Main indication.</param>
/// <param name="SubIndication">Why it did not pass; null when it passed.</param>
/// <param name="Detail">What was found, in plain English.</param>
/// <param name="Time">The time that belongs to the reason: of the revocation, the end of an algorithm, when fresher data is due.</param>
public sealed record Conclusion(Indication Indication, SubIndication? SubIndication = null, string? Detail = null, DateTimeOffset? Time = null)
{
    /// <summary>Passed.</summary>
    public static Conclusion Passed { get; } = new(Indication.Passed);

    /// <summary>Passed.</summary>
    public bool IsPassed => Indication == Indication.Passed;

    /// <summary>INDETERMINATE for a reason.</summary>
    public static Conclusion Indeterminate(SubIndication reason, string? detail = null, DateTimeOffset? time = null) => new(Indication.Indeterminate, reason, detail, time);

    /// <summary>FAILED for a reason.</summary>
    public static Conclusion Failed(SubIndication reason, string? detail = null, DateTimeOffset? time = null) => new(Indication.Failed, reason, detail, time);
}
