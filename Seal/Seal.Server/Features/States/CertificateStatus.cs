using Microsoft.EntityFrameworkCore;
using Yinxin.Seal.Server.Data;
using Yinxin.Seal.Server.Features.Signers;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Seal.Server.Features.States;

/// <summary>
/// A seal's certificates follow its state: suspended → on hold, resumed → released, destroyed → revoked. The state that is told to the CA is the one
/// at the time of telling, so messages that overtake each other come to the right end.
/// </summary>
internal sealed class CertificateStatus(SealContext database, RevocationClient certificates) : IOutboxHandler
{
    public const string MessageKind = "seal.certificates";

    /// <summary>The state changed while it was told: told again.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    public string Kind => MessageKind;

    public static OutboxMessage Message(SealStateEvent change) => OutboxMessage.Create(MessageKind, new Payload(change.EsId), change.Id.ToString(), change.At);

    public async Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var esId = message.Read<Payload>().EsId;
        var told = await StateAsync(esId, cancellationToken);
        string[] names = [$"ses-{esId}", $"pdf-{esId}"];
        foreach (var signer in await database.Signers.AsNoTracking().Where(s => names.Contains(s.Name)).ToListAsync(cancellationToken))
        {
            await certificates.TellAsync(signer.Certificate, Reason(told), cancellationToken);
        }

        if (await StateAsync(esId, cancellationToken) != told)
        {
            throw new NotYetException(Again);
        }
    }

    /// <summary>RFC 5280 §5.3.1.</summary>
    private static string Reason(string state) => state switch
    {
        SealStates.Suspended => "certificateHold",
        SealStates.Destroyed => "cessationOfOperation",
        _ => "removeFromCRL",
    };

    private Task<string> StateAsync(string esId, CancellationToken cancellationToken) =>
        database.Seals.AsNoTracking().Where(s => s.EsId == esId).Select(s => s.State).SingleAsync(cancellationToken);

    internal sealed record Payload(string EsId);
}
