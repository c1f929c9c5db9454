using System.Net;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Identity.Server.Features.Recovery;

/// <summary>Sends the code to the account's phone after the page has answered: whether there is an account, and whether its phone may get one more, shows nowhere.</summary>
internal sealed class RecoveryMessages(IdentityContext database, PersonalData personal, PhoneCodes codes, TimeProvider time) : IOutboxHandler
{
    public const string Purpose = "recovery";
    private const string KindName = "identity.recoveryCode";
    private static readonly TimeSpan Useful = TimeSpan.FromMinutes(30);

    internal sealed record Payload(Guid FormId, Guid Account, string? Address);

    public string Kind => KindName;

    public static OutboxMessage Create(Guid formId, Guid account, IPAddress? address, DateTimeOffset now) =>
        OutboxMessage.Create(KindName, new Payload(formId, account, address?.ToString()), Guid.NewGuid().ToString(), now);

    public async Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var payload = message.Read<Payload>();
        var person = await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => p.Id == payload.Account, cancellationToken);
        if (person?.HasPhone == true && time.GetUtcNow() - message.CreatedAt < Useful)
        {
            await codes.SendAsync(
                payload.FormId, personal.Unprotect(Purposes.Phone, person.PhoneCipher), Purpose, IPAddress.TryParse(payload.Address, out var address) ? address : null, cancellationToken);
        }
    }
}
