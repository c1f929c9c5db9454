using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.Identity.Server.Features.Recovery;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Identity.Server.Features.Notices;

/// <summary>The text message beside a serious notice. Later than the page's answer: neither its time nor a carrier's failure is seen there.</summary>
internal sealed class NoticeMessages(IdentityContext database, PersonalData personal, StopLinks links, SmsCarrier carrier) : IOutboxHandler
{
    public const string KindName = "identity.notice";
    public const string Purpose = "notice";

    /// <param name="Account">Whose notice.</param>
    /// <param name="NoticeKind">One of <see cref="NoticeKinds"/>.</param>
    /// <param name="PhoneCipher">Where to; null: the account's own number at the time of sending.</param>
    /// <param name="Stops">What the link in the message stops; none: no link.</param>
    internal sealed record Payload(Guid Account, string NoticeKind, string? PhoneCipher, Guid? Stops = null);

    public string Kind => KindName;

    public async Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var payload = message.Read<Payload>();
        var person = await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => p.Id == payload.Account, cancellationToken);
        var cipher = payload.PhoneCipher ?? (person?.HasPhone == true ? person.PhoneCipher : null);
        if (cipher is null || await database.Users.AnyAsync(a => a.Id == payload.Account && a.ClosedAt != null, cancellationToken))
        {
            // Of a closed account no number can be read any more, nor need anybody be told.
            return;
        }

        var (chinese, english) = NoticeWords.Of(payload.NoticeKind, new Dictionary<string, string>(StringComparer.Ordinal));
        await carrier.SendAsync(
            MobileNumber.National(personal.Unprotect(Purposes.Phone, cipher)),
            payload.Stops is { } thing
                ? $"【样例平台】{chinese}如非本人操作，请打开链接立即停止：{links.For(thing)} {english} If it is not you, open the link and stop it."
                : $"【样例平台】{chinese}如非本人操作，请立即登录查看或到政务服务大厅。{english} If it was not you, sign in or go to a service hall at once.",
            Purpose, cancellationToken);
    }
}
