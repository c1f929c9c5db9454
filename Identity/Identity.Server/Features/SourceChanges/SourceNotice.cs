using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Identity.Server.Features.SourceChanges;

/// <summary>Tells a person by text message what a register reported about them; no name and no number goes into it.</summary>
internal sealed class SourceNotice(IdentityContext database, PersonalData personal, SmsCarrier carrier) : IOutboxHandler
{
    public const string NameChanged = "name-changed";
    public const string Dissolved = "dissolved";
    public const string RepresentativeLost = "representative-lost";
    public const string RepresentativeGained = "representative-gained";
    public const string CertificateRevoked = "certificate-revoked";
    private const string KindName = "identity.sourceNotice";

    public string Kind => KindName;

    /// <summary>Adds the notice to the caller's change; one for each change and person.</summary>
    public static void Add(IdentityContext database, string change, Guid person, string what, DateTimeOffset now) =>
        database.Add(OutboxMessage.Create(KindName, new Payload(person, what), $"{change}:{person:N}", now));

    public async Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var payload = message.Read<Payload>();
        if (await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => p.Id == payload.Person, cancellationToken) is { HasPhone: true } person)
        {
            await carrier.SendAsync(
                MobileNumber.National(personal.Unprotect(Purposes.Phone, person.PhoneCipher)), "【样例平台】" + Text(payload.What), "source-notice", cancellationToken);
        }
    }

    private static string Text(string what) => what switch
    {
        NameChanged => "公安人口库登记的姓名已变更，您的账号姓名已随之更正。如有疑问，请持身份证到政务服务大厅核实。Your registered name changed; your account follows.",
        Dissolved => "您担任法定代表人的组织已在登记机关注销，不能再以其名义办事。The organisation that you represent was dissolved.",
        CertificateRevoked => "您担任法定代表人的组织所用的企业数字证书已被吊销或挂起，由它核验的等级不再有效，请重新核验。A certificate that proved your organisation was revoked; please prove it anew.",
        RepresentativeGained => "登记机关已将您登记为一个组织的法定代表人，登录后可以其名义办事。You are registered as an organisation's legal representative.",
        _ => "登记机关已变更您所代表组织的法定代表人，您不能再以其名义办事。You are no longer an organisation's legal representative.",
    };

    private sealed record Payload(Guid Person, string What);
}
