namespace Yinxin.Trust.Validation;

/// <summary>How one check came out.</summary>
public enum Outcome
{
    /// <summary>Looked at and right.</summary>
    Passed,

    /// <summary>Looked at and wrong.</summary>
    Failed,

    /// <summary>Could not be decided with what was at hand.</summary>
    CannotTell,
}

/// <summary>One named step of a validation; a report is an ordered list of these.</summary>
/// <param name="Code">Stable, dotted, e.g. <c>certificate.validity</c>.</param>
/// <param name="Chinese">The step's name for people.</param>
/// <param name="English">The same in English.</param>
/// <param name="Outcome">How it came out.</param>
/// <param name="Detail">What was found, in plain words.</param>
public sealed record Check(string Code, string Chinese, string English, Outcome Outcome, string? Detail = null)
{
    /// <summary>A check that passed or failed.</summary>
    public static Check Of(string code, string chinese, string english, bool passed, string? detail = null) =>
        new(code, chinese, english, passed ? Outcome.Passed : Outcome.Failed, detail);

    /// <summary>Failed if any failed; else cannot tell if any could not; else passed.</summary>
    public static Outcome Overall(IEnumerable<Check> checks)
    {
        var overall = Outcome.Passed;
        foreach (var check in checks)
        {
            if (check.Outcome == Outcome.Failed)
            {
                return Outcome.Failed;
            }

            if (check.Outcome == Outcome.CannotTell)
            {
                overall = Outcome.CannotTell;
            }
        }

        return overall;
    }
}
