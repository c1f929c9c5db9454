using System.Text.Json;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Identity.Server.Features.Notices;

/// <summary>Tells the owner of an account what happened to it. Written with the caller's next <c>SaveChanges</c>, or not at all when that fails.</summary>
internal interface INotices
{
    /// <param name="account">Whose.</param>
    /// <param name="kind">One of <see cref="NoticeKinds"/>; the serious ones go out as a text message too.</param>
    /// <param name="facts">What the sentence needs; see <see cref="NoticeWords"/>.</param>
    /// <param name="alsoTo">An encrypted phone number (as <see cref="Person.PhoneCipher"/>) that hears of it as well, e.g. the one before.</param>
    /// <param name="stops">What the link of the text message stops (<see cref="Recovery.StopLinks"/>); none: the message has no link, but for the one to the phone before.</param>
    /// <param name="quietly">No text message beside it, of however serious a kind: one went out lately.</param>
    void Add(Guid account, string kind, IReadOnlyDictionary<string, string>? facts = null, string? alsoTo = null, Guid? stops = null, bool quietly = false);
}

internal sealed class Notices(IdentityContext database, TimeProvider time) : INotices
{
    public void Add(Guid account, string kind, IReadOnlyDictionary<string, string>? facts = null, string? alsoTo = null, Guid? stops = null, bool quietly = false)
    {
        var now = time.GetUtcNow();
        var notice = new Notice
        {
            Id = Guid.CreateVersion7(now),
            AccountId = account,
            Kind = kind,
            Facts = JsonSerializer.Serialize(facts ?? new Dictionary<string, string>(StringComparer.Ordinal), JsonSerializerOptions.Web),
            CreatedAt = now,
        };
        database.Notices.Add(notice);
        if (!quietly && NoticeKinds.Serious.Contains(kind))
        {
            database.Add(OutboxMessage.Create(NoticeMessages.KindName, new NoticeMessages.Payload(account, kind, null, stops), $"{notice.Id}", now));
        }

        if (alsoTo is not null)
        {
            database.Add(OutboxMessage.Create(NoticeMessages.KindName, new NoticeMessages.Payload(account, kind, alsoTo, notice.Id), $"{notice.Id}:also", now));
        }
    }
}
