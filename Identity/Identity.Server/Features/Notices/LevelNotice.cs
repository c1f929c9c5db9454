using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Identity.Server.Features.Notices;

/// <summary>
/// Tells a person, or an organisation's legal representative, that the level is another now; in the transaction that writes the level. A text message tells of a raise by evidence: whoever has got
/// into the account may have proved somebody else's card in it, and marks the notice as read. All else is on the page alone, so that a new policy or a city's records send no million messages. For code
/// that runs while a context saves and has no scope of its own.
/// </summary>
internal static class LevelNotice
{
    /// <summary>The reason of a change that a new record of evidence brought.</summary>
    public const string ByEvidence = "evidence";

    private const string Imported = "import:";

    /// <summary>Adds the notices of one batch to the caller's change; organisations are asked for at once.</summary>
    /// <param name="database">The context that saves.</param>
    /// <param name="steps">Grades just written; those that stayed the same tell nobody.</param>
    /// <param name="reason"><see cref="ByEvidence"/>, <c>policy</c> or <c>expired</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task AddAsync(IdentityContext database, IReadOnlyCollection<LevelStep> steps, string reason, CancellationToken cancellationToken)
    {
        var changed = steps.Where(s => s.Was is { } was && was != s.Grade.Level).ToList();
        HashSet<Guid> proved = reason == ByEvidence ? Proved(database) : [];
        foreach (var step in changed.Where(s => s.Grade.Kind == SubjectKind.Person))
        {
            Add(database, step.Subject, step, reason, organisation: null, proved.Contains(step.Subject));
        }

        var subjects = changed.Where(s => s.Grade.Kind == SubjectKind.Organisation).Select(s => s.Subject).ToList();
        if (subjects.Count == 0)
        {
            return;
        }

        var organisations = await database.Organisations.AsNoTracking().Where(o => subjects.Contains(o.Id)).ToDictionaryAsync(o => o.Id, cancellationToken);
        foreach (var about in database.ChangeTracker.Entries<Organisation>().Where(o => o.State == EntityState.Modified))
        {
            // Name and representative as they are about to be stored.
            organisations[about.Entity.Id] = about.Entity;
        }

        var told = Told(database);
        foreach (var step in changed)
        {
            // Of one that has ended, or rests, nobody is told: nobody acts for it.
            if (organisations.GetValueOrDefault(step.Subject) is { EndedAt: null } organisation && !told.Contains((organisation.LegalRepresentativeId, organisation.Name)))
            {
                Add(database, organisation.LegalRepresentativeId, step, reason, organisation.Name, proved.Contains(step.Subject));
            }
        }
    }

    private static void Add(IdentityContext database, Guid account, LevelStep step, string reason, string? organisation, bool byMessage)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["level"] = AssuranceNames.Name(step.Grade.Level),
            ["was"] = AssuranceNames.Name(step.Was ?? AssuranceLevel.None),
            ["reason"] = reason,
        };
        if (organisation is not null)
        {
            facts["organisation"] = organisation;
        }

        var notice = new Notice
        {
            Id = Guid.CreateVersion7(step.Grade.At),
            AccountId = account,
            Kind = NoticeKinds.LevelChanged,
            Facts = JsonSerializer.Serialize(facts, JsonSerializerOptions.Web),
            CreatedAt = step.Grade.At,
        };
        database.Notices.Add(notice);
        if (byMessage && step.Grade.Level > step.Was)
        {
            var words = organisation is null ? NoticeKinds.LevelRaised : NoticeKinds.OrganisationLevelRaised;
            database.Add(OutboxMessage.Create(NoticeMessages.KindName, new NoticeMessages.Payload(account, words, null), $"{notice.Id}", notice.CreatedAt));
        }
    }

    /// <summary>Of whom the change adds evidence that is not a city's of before.</summary>
    private static HashSet<Guid> Proved(IdentityContext database) =>
    [
        .. database.ChangeTracker.Entries<Evidence>().Where(e => e.State == EntityState.Added && !e.Entity.Source.StartsWith(Imported, StringComparison.Ordinal)).Select(e => e.Entity.SubjectId),
    ];

    /// <summary>Who hears in the same change why the level of which organisation is another (a register's word, a certificate, a check taken back): not twice.</summary>
    private static HashSet<(Guid Account, string Organisation)> Told(IdentityContext database) =>
    [
        .. database.ChangeTracker.Entries<Notice>().Where(n => n is { State: EntityState.Added, Entity.Kind: NoticeKinds.AtSource or NoticeKinds.CounterWithdrawn or NoticeKinds.ImportWithdrawn })
            .Select(n => (n.Entity.AccountId, JsonSerializer.Deserialize<Dictionary<string, string>>(n.Entity.Facts, JsonSerializerOptions.Web)?.GetValueOrDefault("organisation") ?? "")),
    ];
}

/// <param name="Subject">Whose level.</param>
/// <param name="Was">The level before; null: there was no grade, and nobody is told of the first.</param>
/// <param name="Grade">The grade now.</param>
internal sealed record LevelStep(Guid Subject, AssuranceLevel? Was, Grade Grade);
