using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.Identity.Server.Features.SourceChanges;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Mandates;

/// <summary>
/// Tells the other side what happened: on the page with the organisation's name, and by text message with the beginning of it. Sent later, so that the inviter cannot tell by the time whether the
/// invited has an account.
/// </summary>
internal sealed class MandateNotice(
    IdentityContext database, PersonalData personal, SmsCarrier carrier, IOptions<MandateSettings> settings, IOptions<AddressSettings> addresses, TimeProvider time) : IOutboxHandler
{
    private const string KindName = "identity.mandateNotice";

    /// <summary>How the facts of a notice of an invitation look in the table.</summary>
    private const string Offered = "%\"change\":\"offered\"%";

    public string Kind => KindName;

    public static void Add(IdentityContext database, Mandate mandate, MandateAct act, Guid? actor, DateTimeOffset now) =>
        database.Add(OutboxMessage.Create(KindName, new Content(mandate.Id, act, actor), $"{mandate.Id}:{mandate.Version}", now));

    public async Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var content = message.Read<Content>();
        var mandate = await database.Mandates.AsNoTracking().Include(m => m.Organisation).FirstAsync(m => m.Id == content.Mandate, cancellationToken);
        var agent = mandate.AgentId is { } id
            ? await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, cancellationToken)
            : await InvitedAsync(mandate, cancellationToken);
        var grantor = GrantorOf(mandate, content) is { } other ? await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => p.Id == other, cancellationToken) : null;
        var sides = new[] { agent, grantor }.OfType<Person>().Where(p => p.Id != content.Actor).DistinctBy(p => p.Id).ToList();
        var keys = sides.ConvertAll(p => p.Id);

        // Not to the dead: their phone may be another's by now.
        var dead = await database.Users.AsNoTracking().Where(a => keys.Contains(a.Id) && a.FrozenReason == SourceChangeKinds.Deceased).Select(a => a.Id).ToListAsync(cancellationToken);
        foreach (var person in sides.Where(p => !dead.Contains(p.Id)))
        {
            var key = KeyOf(message, person.Id);
            await NoteAsync(key, person.Id, content.Act, mandate.Organisation!.Name, cancellationToken);
            if (person.HasPhone && (person.Id != agent?.Id || await IsTextedAsync(mandate, content.Act, person.Id, key, cancellationToken)))
            {
                var text = Text(content.Act, Masking.Organisation(mandate.Organisation.Name), addresses.Value.Issuer);
                await carrier.SendAsync(MobileNumber.National(personal.Unprotect(Purposes.Phone, person.PhoneCipher)), text, "mandate-notice", cancellationToken);
            }
        }
    }

    /// <summary>Who is told on the grantor's side: whoever represents the organisation now, for whom its mandates are there to see, or the agent who passed a part on.</summary>
    private static Guid? GrantorOf(Mandate mandate, Content content) => (content.Act, content.Actor) switch
    {
        // That their account is frozen the grantor hears by another message, once and not for each mandate.
        (MandateAct.GrantorFrozen or MandateAct.GrantorFreed, _) => null,

        // Nor that the organisation is.
        (MandateAct.OrganisationFrozen or MandateAct.OrganisationFreed, _) => null,

        // A change of representative: how many mandates wait the new one hears once (WaitingNotice), and his predecessor that he is none any more.
        (MandateAct.Suspend, null) => null,
        (MandateAct.Revoke, null) when mandate is { AgentId: null, ParentId: null } && mandate.AnsweredById != mandate.Organisation!.LegalRepresentativeId => null,
        _ => mandate.ParentId is null ? mandate.Organisation!.LegalRepresentativeId : mandate.AnsweredById,
    };

    /// <summary>
    /// Whether the agent gets a text message beside the line on the page. Anybody who represents something and knows an ID number could have its owner's phone ring: so of invitations only the first
    /// ones of a day, and none when one that was not taken up ends.
    /// </summary>
    private async Task<bool> IsTextedAsync(Mandate mandate, MandateAct act, Guid person, Guid key, CancellationToken cancellationToken)
    {
        if (act != MandateAct.Invite)
        {
            return mandate.AgentId is not null;
        }

        var since = time.GetUtcNow().AddDays(-1);
        return await database.Notices.CountAsync(
            n => n.AccountId == person && n.Kind == NoticeKinds.Mandate && n.CreatedAt > since && n.Id.CompareTo(key) < 0 && EF.Functions.Like(n.Facts, Offered), cancellationToken) < settings.Value.InvitationTextsPerDay;
    }

    /// <summary>A version 7 key (notices are listed by it) that is the same when the message is delivered again.</summary>
    private static Guid KeyOf(OutboxMessage message, Guid person)
    {
        var key = Guid.CreateVersion7(message.CreatedAt).ToByteArray(bigEndian: true);
        SHA256.HashData([.. message.Id.ToByteArray(), .. person.ToByteArray()]).AsSpan(0, 8).CopyTo(key.AsSpan(8));
        (key[6], key[7], key[8]) = (0x70, 0, (byte)((key[8] & 0x3F) | 0x80));
        return new Guid(key, bigEndian: true);
    }

    /// <summary>The line on the person's own page. A message that is delivered again finds it there.</summary>
    private async Task NoteAsync(Guid key, Guid person, MandateAct act, string organisation, CancellationToken cancellationToken)
    {
        if (await database.Notices.AnyAsync(n => n.Id == key, cancellationToken))
        {
            return;
        }

        var facts = new Dictionary<string, string>(StringComparer.Ordinal) { ["organisation"] = organisation, ["change"] = Change(act) };
        database.Notices.Add(new Notice { Id = key, AccountId = person, Kind = NoticeKinds.Mandate, Facts = JsonSerializer.Serialize(facts, JsonSerializerOptions.Web), CreatedAt = time.GetUtcNow() });
        await database.SaveChangesAsync(cancellationToken);
    }

    private static string Change(MandateAct act) => act switch
    {
        MandateAct.Invite => "offered",
        MandateAct.Accept => "accepted",
        MandateAct.Decline => "declined",
        MandateAct.Suspend => "suspended",
        MandateAct.Resume or MandateAct.Confirm => "resumed",
        MandateAct.Resign => "resigned",
        MandateAct.Expire => "expired",
        MandateAct.GrantorFrozen => "grantorFrozen",
        MandateAct.GrantorFreed => "grantorFreed",
        MandateAct.OrganisationFrozen => "organisationFrozen",
        MandateAct.OrganisationFreed => "organisationFreed",
        _ => "revoked",
    };

    private async Task<Person?> InvitedAsync(Mandate mandate, CancellationToken cancellationToken)
    {
        var indexes = mandate.InvitedNumberCipher is { } number ? personal.Indexes(Purposes.IdNumber, personal.Unprotect(Purposes.IdNumber, number)) : [mandate.InvitedIndex];
        var person = await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => indexes.Contains(p.IdNumberIndex), cancellationToken);
        return person is not null && personal.Indexes(Purposes.MandateName, person.Name).Contains(mandate.InvitedNameIndex, StringComparer.Ordinal) ? person : null;
    }

    /// <summary>The address stands once, for both languages, and last: nothing follows that a phone could take for a part of it.</summary>
    private static string Text(MandateAct act, string organisation, string issuer)
    {
        var (chinese, english) = act switch
        {
            MandateAct.Invite => ("有一份授权邀请待您确认", "a mandate awaits your answer"),
            MandateAct.Accept => ("经办人已接受授权", "the agent has accepted the mandate"),
            MandateAct.Decline => ("经办人已谢绝授权", "the agent has declined the mandate"),
            MandateAct.Suspend => ("一份授权已暂停", "a mandate is suspended"),
            MandateAct.Resume or MandateAct.Confirm => ("一份授权已恢复", "a mandate is in force again"),
            MandateAct.Resign => ("经办人已辞去授权", "the agent has laid the mandate down"),
            MandateAct.Expire => ("一份授权已到期", "a mandate has expired"),
            MandateAct.GrantorFrozen => ("授权人的账号已冻结，一份授权暂不能使用", "a mandate cannot be used while its grantor's account is frozen"),
            MandateAct.OrganisationFrozen => ("单位已冻结，一份授权暂不能使用", "a mandate cannot be used while the organisation is frozen"),
            MandateAct.GrantorFreed or MandateAct.OrganisationFreed => ("一份授权可继续使用", "a mandate can be used again"),
            _ => ("一份授权已撤销", "a mandate is revoked"),
        };
        return $"【样例平台】{organisation}：{chinese}，请登录“我的账号”查看。{organisation}: {english}. Sign in to see it: {issuer}/account";
    }

    internal sealed record Content(Guid Mandate, MandateAct Act, Guid? Actor);
}
