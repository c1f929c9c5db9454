namespace Yinxin.Trust.Linting;

/// <summary>One demand on a certificate.</summary>
/// <param name="Code">Stable, dotted: the source, then what it is about.</param>
/// <param name="Source">Standard and clause.</param>
/// <param name="Demand">What is demanded.</param>
/// <param name="Applies">Whether it speaks of this certificate.</param>
/// <param name="Holds">Whether the certificate meets it; asked only where it applies.</param>
public sealed record LintRule(string Code, string Source, string Demand, Func<LintSubject, bool> Applies, Func<LintSubject, bool> Holds);
