using Microsoft.EntityFrameworkCore;
using Yinxin.Seal.Server.Data;
using Yinxin.Seal.Server.Features.Making;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Security;
using Yinxin.ServiceDefaults.Tokens;
using Yinxin.ServiceDefaults.Transparency;

namespace Yinxin.Seal.Server.Features.States;

/// <summary>POST /api/seals/{esId}/suspension, /resumption and /destruction (停用、恢复、销毁): each with a reason, each an event of its own. The certificates of the seal follow.</summary>
internal static class ChangeState
{
    private static readonly Problem Unknown = new("seal.unknown", 404, "没有该印章。", "There is no such seal.");
    private static readonly Problem NoReason = new("seal.reason", 422, "请说明理由。", "A reason of 2 to 200 characters is needed.");
    private static readonly Problem WrongState = new("seal.state", 409, "印章当前状态不允许此操作。", "The seal's present state does not allow this.");

    public static void Map(WebApplication app)
    {
        Map(app, "suspension", SealStates.Suspended, SealStates.Active);
        Map(app, "resumption", SealStates.Active, SealStates.Suspended);
        Map(app, "destruction", SealStates.Destroyed, SealStates.Active, SealStates.Suspended);
    }

    private static void Map(WebApplication app, string act, string to, params string[] from) => app.MapPost("/api/seals/{esId}/" + act, async (
        string esId, Request request, HttpContext http, SealContext database, IAuditTrail audit, IDataCipher cipher, TimeProvider time, CancellationToken cancellationToken) =>
    {
        if (request.Reason is not { Length: >= 2 and <= 200 } reason)
        {
            throw NoReason.Exception();
        }

        var seal = await database.Seals.SingleOrDefaultAsync(s => s.EsId == esId, cancellationToken) ?? throw Unknown.Exception();
        if (!from.Contains(seal.State, StringComparer.Ordinal))
        {
            throw WrongState.Exception();
        }

        var client = http.User.FindFirst("client_id")?.Value ?? http.User.FindFirst("sub")?.Value ?? "";
        seal.State = to;
        var change = new SealStateEvent { Id = Guid.CreateVersion7(), EsId = esId, State = to, Reason = reason, Actor = client, At = time.GetUtcNow() };
        database.StateEvents.Add(change);
        database.Add(LoggedEvent.Message(("seal.stateChanged", change.At), esId, SealEvents.Bytes(change), change.Id.ToString(), cipher));
        database.Add(CertificateStatus.Message(change));
        audit.Add(new AuditEntry("seal." + act, esId, client));
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Another changed it in the same moment.
            throw WrongState.Exception();
        }

        return SealView.Of(seal, withPicture: false);
    }).RequireAuthorization(ApiTokens.Scope("seal.manage"));

    internal sealed record Request(string? Reason);
}
