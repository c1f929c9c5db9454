using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Identity.Server.Features.Registration;

/// <summary>
/// Looks, after the page has answered, whether there is somebody to tell of a registration under their ID number. One such message is written for every registration that is begun, with
/// an account or without, so that neither statements nor time of the answer tell which it was.
/// </summary>
internal sealed class OwnerWarning(IdentityContext database) : IOutboxHandler
{
    private const string KindName = "identity.ownerWarning";

    public string Kind => KindName;

    /// <param name="account">Whose ID number it is; <see cref="Guid.Empty"/>: nobody's.</param>
    /// <param name="now">When it was begun.</param>
    public static OutboxMessage Create(Guid account, DateTimeOffset now) => OutboxMessage.Create(KindName, account, Guid.NewGuid().ToString(), now);

    public async Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var account = message.Read<Guid>();
        if (await database.Persons.AnyAsync(p => p.Id == account, cancellationToken))
        {
            await OwnerNotice.AddAsync(database, account, message.CreatedAt, cancellationToken);
            await database.SaveChangesAsync(cancellationToken);
        }
    }
}

/// <summary>Tells the owner of an account that somebody tried to register again under their ID number.</summary>
internal sealed class OwnerNotice(IdentityContext database, PersonalData personal, SmsCarrier carrier) : IOutboxHandler
{
    private const string KindName = "identity.ownerNotice";

    public string Kind => KindName;

    /// <summary>At most one a day for each account; the number itself does not go into the message.</summary>
    public static async Task AddAsync(IdentityContext database, Guid account, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var key = $"{account}:{now.UtcDateTime:yyyyMMdd}";
        if (!await database.Set<OutboxMessage>().AnyAsync(m => m.Kind == KindName && m.IdempotencyKey == key, cancellationToken))
        {
            database.Add(OutboxMessage.Create(KindName, account, key, now));
        }
    }

    public async Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var id = message.Read<Guid>();
        if (await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, cancellationToken) is { HasPhone: true } person)
        {
            await carrier.SendAsync(
                MobileNumber.National(personal.Unprotect(Purposes.Phone, person.PhoneCipher)),
                "【样例平台】有人用您的身份信息再次注册账号。如是本人，请直接登录；如非本人，请持身份证到政务服务大厅核实。Somebody tried to register again with your ID. If it was you, just sign in.",
                "owner-notice", cancellationToken);
        }
    }
}
