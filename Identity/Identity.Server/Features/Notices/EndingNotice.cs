using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;

namespace Yinxin.Identity.Server.Features.Notices;

/// <summary>
/// Tells a person, or an organisation's legal representative, that the level will fall; on the page alone, as the notice of the fall itself. Whom it was told of and which end is among its
/// facts, so that it is told once.
/// </summary>
internal static class EndingNotice
{
    private const string Subject = "subject";
    private const string Ends = "ends";

    /// <summary>What those who would be told have been told before.</summary>
    public static async Task<HashSet<(Guid Account, Guid Subject, long Ends)>> ToldAsync(IdentityContext database, List<LevelEnding> endings, CancellationToken cancellationToken)
    {
        var accounts = endings.Select(e => e.Account).Distinct().ToList();
        List<Notice> notices = accounts.Count == 0 ? []
            : await database.Notices.AsNoTracking().Where(n => accounts.Contains(n.AccountId) && n.Kind == NoticeKinds.LevelEnds).ToListAsync(cancellationToken);
        var told = new HashSet<(Guid Account, Guid Subject, long Ends)>();
        foreach (var notice in notices)
        {
            var facts = JsonSerializer.Deserialize<Dictionary<string, string>>(notice.Facts, JsonSerializerOptions.Web) ?? [];
            if (Guid.TryParse(facts.GetValueOrDefault(Subject), out var subject) && EndOf(facts) is { } end)
            {
                told.Add((notice.AccountId, subject, end.ToUnixTimeSeconds()));
            }
        }

        return told;
    }

    /// <summary>Adds it to the caller's change.</summary>
    public static void Add(IdentityContext database, LevelEnding ending, Grade grade)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["level"] = AssuranceNames.Name(grade.Level),
            [Ends] = ending.Key.Ends.ToString(CultureInfo.InvariantCulture),
            [Subject] = ending.Subject.ToString(),
        };
        if (ending.Organisation is { } organisation)
        {
            facts["organisation"] = organisation;
        }

        database.Notices.Add(new Notice
        {
            Id = Guid.CreateVersion7(grade.At),
            AccountId = ending.Account,
            Kind = NoticeKinds.LevelEnds,
            Facts = JsonSerializer.Serialize(facts, JsonSerializerOptions.Web),
            CreatedAt = grade.At,
        });
    }

    /// <summary>When the level ends, as the facts of a notice say it.</summary>
    public static DateTimeOffset? EndOf(IReadOnlyDictionary<string, string> facts) =>
        facts.TryGetValue(Ends, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
}

/// <param name="Subject">Whose level.</param>
/// <param name="Kind">Whose ladder.</param>
/// <param name="EndsAt">When it falls.</param>
/// <param name="Account">Who is told.</param>
/// <param name="Organisation">Its name; null: it is the person's own level.</param>
internal sealed record LevelEnding(Guid Subject, SubjectKind Kind, DateTimeOffset EndsAt, Guid Account, string? Organisation)
{
    /// <summary>What makes it one ending: whoever represents an organisation next is told as well. In whole seconds, for databases keep more or fewer parts of one.</summary>
    public (Guid Account, Guid Subject, long Ends) Key => (Account, Subject, EndsAt.ToUnixTimeSeconds());
}
