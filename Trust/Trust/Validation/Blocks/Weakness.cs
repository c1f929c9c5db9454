using Yinxin.Trust.Validation.Policies;

namespace Yinxin.Trust.Validation.Blocks;

/// <summary>What follows from an algorithm that is relied on no longer (table 6, the two CRYPTO_CONSTRAINTS_FAILURE).</summary>
internal static class Weakness
{
    /// <param name="verdict">The algorithm and its end.</param>
    /// <param name="material">What it was used for.</param>
    /// <param name="youngest">The material cannot be older than this: if the algorithm had ended by then, no proof of existence can help.</param>
    public static Conclusion Of(AlgorithmVerdict verdict, string material, DateTimeOffset youngest)
    {
        var until = verdict.Until ?? DateTimeOffset.MaxValue;
        var since = verdict.Until is { } end && end > DateTimeOffset.MinValue ? FormattableString.Invariant($"not relied on after {end:yyyy-MM-dd}") : "never relied on";
        return Conclusion.Indeterminate(
            youngest > until ? SubIndication.CryptoConstraintsFailure : SubIndication.CryptoConstraintsFailureNoPoe,
            $"{verdict.Name} of {material} is {since}{(verdict.Source is { } source ? $" ({source})" : "")}.", verdict.Until);
    }
}
