using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Identity.Server.Features.Mandates;

/// <summary>Tells the other side by message what happened. Sent later, so that the inviter cannot tell by the time whether the invited has an account.</summary>
internal sealed class MandateNotice(IdentityContext database, PersonalData personal, SmsCarrier carrier) : IOutboxHandler
{
    private const string KindName = "identity.mandateNotice";

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
        var grantor = await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => p.Id == mandate.AnsweredById, cancellationToken);
        foreach (var person in new[] { agent, grantor }.Where(p => p is { HasPhone: true } && p.Id != content.Actor).DistinctBy(p => p!.Id))
        {
            await carrier.SendAsync(
                MobileNumber.National(personal.Unprotect(Purposes.Phone, person!.PhoneCipher)), Text(content.Act, mandate.Organisation!.Name), "mandate-notice", cancellationToken);
        }
    }

    private async Task<Person?> InvitedAsync(Mandate mandate, CancellationToken cancellationToken)
    {
        var person = await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => p.IdNumberIndex == mandate.InvitedIndex, cancellationToken);
        return person is not null && personal.Index(Purposes.MandateName, person.Name) == mandate.InvitedNameIndex ? person : null;
    }

    private static string Text(MandateAct act, string organisation)
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
            _ => ("一份授权已撤销", "a mandate is revoked"),
        };
        return $"【样例平台】{organisation}：{chinese}，请登录“我的账号”查看。{organisation}: {english}. Sign in to see it.";
    }

    internal sealed record Content(Guid Mandate, MandateAct Act, Guid? Actor);
}
