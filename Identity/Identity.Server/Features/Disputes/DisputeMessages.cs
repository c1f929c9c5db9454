using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Disputes;

/// <summary>Tells the holder of a disputed account by text message how to answer: nobody can sign in to it meanwhile. The code is made when it is sent and lies in no queue.</summary>
internal sealed class DisputeMessages(IdentityContext database, PersonalData personal, SmsCarrier carrier, IOptions<AddressSettings> addresses) : IOutboxHandler
{
    public const string KindName = "identity.dispute";
    public const string Purpose = "dispute";

    public string Kind => KindName;

    public async Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var id = message.Read<Guid>();
        if (await database.Disputes.AsNoTracking().FirstOrDefaultAsync(d => d.Id == id && d.State == DisputeState.Open, cancellationToken) is not { } dispute
            || await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => p.Id == dispute.AccountId, cancellationToken) is not { HasPhone: true } person)
        {
            return;
        }

        var (code, due, page) = (DisputeNumbers.HolderCode(personal, id), dispute.AnswerDue!.Value.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture), addresses.Value.Issuer + "/disputes");
        await carrier.SendAsync(
            MobileNumber.National(personal.Unprotect(Purposes.Phone, person.PhoneCipher)),
            $"【样例平台】有人在窗口主张您的账号属于他本人，账号已冻结。请在 {due} 前答复：{page}，争议编号 {dispute.Number}，查询码 {code}，也可持身份证到政务服务大厅答复。"
            + $"Somebody disputes your account at a counter; it is frozen. Answer by {due} at {page}, number {dispute.Number}, code {code}, or at any service hall.",
            Purpose, cancellationToken);
    }
}
