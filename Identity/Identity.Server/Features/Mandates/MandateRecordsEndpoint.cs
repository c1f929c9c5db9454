using System.Globalization;
using System.Security.Claims;
using System.Text;
using Yinxin.Identity.Server.Features.Protocol;
using Yinxin.Identity.Server.Features.Sessions;

namespace Yinxin.Identity.Server.Features.Mandates;

/// <summary>The signed records of a mandate for either side to keep: one (JWS, compact) or all, oldest first, with where the keys are.</summary>
internal static class MandateRecordsEndpoint
{
    public static void MapMandateRecords(this WebApplication app)
    {
        var records = app.MapGroup("/account/mandates/{id:guid}/records").RequireAuthorization();
        records.MapGet("", AllAsync);
        records.MapGet("{sequence:int}", OneAsync);
    }

    private static async Task<IResult> AllAsync(Guid id, ClaimsPrincipal user, HttpResponse response, MandateView view, MandateRecords records, Issuer issuer, CancellationToken cancellationToken)
    {
        await view.FindAsync(user.AccountId()!.Value, id, cancellationToken);
        var history = await view.HistoryAsync(id, cancellationToken);
        response.Headers.CacheControl = "private, no-store";
        response.Headers.ContentDisposition = $"attachment; filename=\"mandate-{id}.json\"";
        return Results.Json(new { type = MandateRecords.Type, keys = issuer.Text + ProtocolPaths.RecordKeys, records = history.Select(records.Read) });
    }

    private static async Task<IResult> OneAsync(Guid id, int sequence, ClaimsPrincipal user, HttpResponse response, MandateView view, MandateRecords records, CancellationToken cancellationToken)
    {
        await view.FindAsync(user.AccountId()!.Value, id, cancellationToken);
        var step = (await view.HistoryAsync(id, cancellationToken)).Find(h => h.Sequence == sequence) ?? throw MandateStore.Unknown.Exception();
        response.Headers.CacheControl = "private, no-store";
        return Results.File(Encoding.ASCII.GetBytes(records.Read(step)), "application/jose", string.Create(CultureInfo.InvariantCulture, $"mandate-{id}-{sequence}.jws"));
    }
}
