using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Mandates;

/// <summary>Tells a new legal representative how many mandates wait for him: once for each change, however many there are, on the page and by one text message.</summary>
internal sealed class WaitingNotice(IdentityContext database, PersonalData personal, SmsCarrier carrier, IOptions<AddressSettings> addresses) : IOutboxHandler
{
    private const string KindName = "identity.mandatesWaiting";

    public string Kind => KindName;

    /// <summary>Adds the notice to the caller's change.</summary>
    /// <param name="database">The context.</param>
    /// <param name="organisation">With its representative of now.</param>
    /// <param name="count">How many wait.</param>
    /// <param name="now">The moment.</param>
    public static void Add(IdentityContext database, Organisation organisation, int count, DateTimeOffset now)
    {
        var key = Guid.CreateVersion7(now);
        var facts = new Dictionary<string, string>(StringComparer.Ordinal) { ["organisation"] = organisation.Name, ["count"] = count.ToString(CultureInfo.InvariantCulture) };
        database.Notices.Add(new Notice
        {
            Id = key,
            AccountId = organisation.LegalRepresentativeId,
            Kind = NoticeKinds.MandatesWait,
            Facts = JsonSerializer.Serialize(facts, JsonSerializerOptions.Web),
            CreatedAt = now,
        });
        database.Add(OutboxMessage.Create(KindName, new Payload(organisation.Id, organisation.LegalRepresentativeId, count), $"{key}", now));
    }

    public async Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var payload = message.Read<Payload>();

        // Who was replaced meanwhile has nothing to confirm.
        if (await database.Organisations.AsNoTracking()
            .FirstOrDefaultAsync(o => o.Id == payload.Organisation && o.LegalRepresentativeId == payload.Person && o.EndedAt == null, cancellationToken) is not { } organisation ||
            await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => p.Id == payload.Person, cancellationToken) is not { HasPhone: true } person)
        {
            return;
        }

        var (chinese, english) = MandateWords.Waiting(payload.Count);
        var name = Masking.Organisation(organisation.Name);
        await carrier.SendAsync(
            MobileNumber.National(personal.Unprotect(Purposes.Phone, person.PhoneCipher)),
            $"【样例平台】{name}：{chinese}，请登录“我的账号”查看。{name}: {english}. Sign in to see them: {addresses.Value.Issuer}/account",
            "mandate-notice", cancellationToken);
    }

    private sealed record Payload(Guid Organisation, Guid Person, int Count);
}
