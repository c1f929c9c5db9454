using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Identifiers;

namespace Yinxin.Identity.Server.Features.Mandates;

/// <summary>What a mandate allows.</summary>
internal sealed record MandateTerms(
    MandateReach Reach, IReadOnlyList<string> Matters, IReadOnlyList<string> Powers, IReadOnlyList<string> Seals, DateTimeOffset ValidFrom, DateTimeOffset ValidTo, bool MaySubDelegate)
{
    public const int MostMatters = 50;
    public const int MostSeals = 20;
    private const int LongestSeal = 60;

    public static MandateTerms Of(Mandate mandate) =>
        new(mandate.Reach, mandate.Matters, mandate.Powers, mandate.Seals, mandate.ValidFrom, mandate.ValidTo, mandate.MaySubDelegate);

    /// <summary>What is wrong with the terms by themselves, in the order of the form.</summary>
    public IEnumerable<TermsError> Errors(DateTimeOffset now, int maximumYears)
    {
        if (Powers.Count == 0 || Powers.Except(MandatePowers.All, StringComparer.Ordinal).Any())
        {
            yield return TermsError.Powers;
        }

        if (Powers.Contains(MandatePowers.UseSeal) != (Seals.Count > 0) || Seals.Count > MostSeals || Seals.Any(s => !IsSeal(s)))
        {
            yield return TermsError.Seals;
        }

        if ((Reach == MandateReach.All) != (Matters.Count == 0) || Matters.Count > MostMatters || !Matters.All(IsMatter))
        {
            yield return TermsError.Matters;
        }

        if (ValidTo <= now || ValidTo <= ValidFrom)
        {
            yield return TermsError.Period;
        }
        else if (ValidTo > now.AddYears(maximumYears))
        {
            yield return TermsError.TooLong;
        }
    }

    /// <summary>Whether an agent who holds <paramref name="held"/> may pass these terms on: in nothing more than his own, and not passed on again.</summary>
    public bool IsWithin(MandateTerms held) =>
        !MaySubDelegate && ValidTo <= held.ValidTo && ValidFrom >= held.ValidFrom &&
        !Powers.Except(held.Powers, StringComparer.Ordinal).Any() && !Seals.Except(held.Seals, StringComparer.Ordinal).Any() && ReachesNoFurther(held);

    /// <summary>Whether they allow the same from now on, in whatever order it was written: what begins at once begins with the second when each is sent.</summary>
    public bool IsSameAs(MandateTerms other, DateTimeOffset now) =>
        Reach == other.Reach && (ValidFrom == other.ValidFrom || (ValidFrom <= now && other.ValidFrom <= now)) && ValidTo == other.ValidTo && MaySubDelegate == other.MaySubDelegate &&
        Same(Matters, other.Matters) && Same(Powers, other.Powers) && Same(Seals, other.Seals);

    private static bool Same(IReadOnlyList<string> some, IReadOnlyList<string> others) => some.ToHashSet(StringComparer.Ordinal).SetEquals(others);

    private bool ReachesNoFurther(MandateTerms held) => held.Reach switch
    {
        MandateReach.All => true,
        MandateReach.Categories when Reach == MandateReach.Matters => Matters.All(m => held.Matters.Contains(MatterCode.TypeOf(m), StringComparer.Ordinal)),
        _ => Reach == held.Reach && !Matters.Except(held.Matters, StringComparer.Ordinal).Any(),
    };

    private bool IsMatter(string value) => Reach == MandateReach.Categories ? MatterTypes.Names.ContainsKey(value) : MatterCode.IsWellFormed(value);

    private static bool IsSeal(string value) => value.Length is > 0 and <= LongestSeal && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}

/// <summary>Which part of the terms cannot be.</summary>
internal enum TermsError
{
    Powers,
    Seals,
    Matters,
    Period,
    TooLong,
}

/// <summary>Powers as rows and tokens spell them; <c>Identity.Client</c> knows the same.</summary>
internal static class MandatePowers
{
    public const string Apply = "apply";
    public const string Pay = "pay";
    public const string Receive = "receive";
    public const string UseSeal = "use-seal";

    public static readonly IReadOnlyList<string> All = [Apply, Pay, Receive, UseSeal];
}

/// <summary>GB/T 39046 A.1: types of matters by which a mandate may be bounded.</summary>
internal static class MatterTypes
{
    public static readonly IReadOnlyDictionary<string, (string Chinese, string English)> Names = new SortedDictionary<string, (string, string)>(StringComparer.Ordinal)
    {
        ["01"] = ("行政许可", "Permits"),
        ["02"] = ("行政处罚", "Penalties"),
        ["03"] = ("行政强制", "Coercive measures"),
        ["04"] = ("行政征收", "Levies"),
        ["05"] = ("行政给付", "Benefits"),
        ["06"] = ("行政检查", "Inspections"),
        ["07"] = ("行政确认", "Confirmations and registrations"),
        ["08"] = ("行政奖励", "Awards"),
        ["09"] = ("行政裁决", "Adjudications"),
        ["10"] = ("其他行政权力", "Other powers"),
        ["20"] = ("公共服务", "Public services"),
    };
}
