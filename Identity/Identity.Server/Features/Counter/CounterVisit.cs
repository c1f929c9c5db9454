using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.ServiceDefaults.Identifiers;

namespace Yinxin.Identity.Server.Features.Counter;

/// <summary>Somebody at a window, with the paper that the official has seen; checked for form.</summary>
/// <param name="Official">Who stands for it.</param>
/// <param name="IdNumber">18 characters.</param>
/// <param name="Name">As on the document.</param>
/// <param name="Hall">The service hall.</param>
/// <param name="HallLevel"><c>province</c>, <c>city</c>, <c>county</c>; null where neither the request nor the post names one: what leads to evidence is refused then.</param>
/// <param name="Window">The window.</param>
internal sealed record CounterVisit(Session Official, string IdNumber, string Name, string Hall, string? HallLevel, string Window)
{
    public static readonly IReadOnlyList<string> HallLevels = ["province", "city", "county"];

    public string OfficialId => Official.AccountId.ToString();

    public string OfficialName => Official.Account!.DisplayName;

    public string Where => $"{Hall} · {Window}";

    /// <summary>How it was checked, as evidence says it; the hall's level belongs to that. Each act that leads to evidence asks for it first, before anybody is looked up.</summary>
    /// <exception cref="ServiceDefaults.Problems.ProblemException">Nothing says of what level the hall is.</exception>
    public string Method(string what) => HallLevel is { } level ? $"{what}:{level}" : throw CounterProblems.HallLevelMissing.Exception();

    /// <summary>Reads what was typed; where the official's post names the hall's level, that one counts.</summary>
    /// <exception cref="ServiceDefaults.Problems.ProblemException">Something is missing, the document was not checked, the level is not the post's, or hall or window hold somebody's number.</exception>
    public static CounterVisit Read(Session official, string? idNumber, string? name, string? hall, string? hallLevel, string? window, bool documentChecked, DateTimeOffset now)
    {
        var post = official.Account!.StaffMember!.HallLevel;
        var complete = IdentityNumber.TryParse(idNumber, DateOnly.FromDateTime(now.UtcDateTime), out var number) && documentChecked
            && Text(name, 50) && Text(hall, 100) && Text(window, 50) && (hallLevel is null || HallLevels.Contains(hallLevel, StringComparer.Ordinal));
        if (!complete)
        {
            throw CounterProblems.Incomplete.Exception();
        }

        // Both stand in evidence and in the audit for good.
        if (LastingText.NamesSomebody(hall!) || LastingText.NamesSomebody(window!))
        {
            throw LastingText.Personal.Exception();
        }

        if (hallLevel is not null && post is not null && hallLevel != post)
        {
            throw CounterProblems.HallLevelDiffers.Exception();
        }

        return new CounterVisit(official, number!.Value, name!.Trim(), official.Account.StaffMember.Hall ?? hall!.Trim(), hallLevel ?? post, window!.Trim());
    }

    private static bool Text(string? value, int longest) => value?.Length <= longest && !string.IsNullOrWhiteSpace(value) && !value.Any(char.IsControl);
}
