using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Mandates;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Console.Mandates;

/// <summary><c>GET /console/mandates/KEY/records/N</c>: one signed record (JWS, compact), to be verified elsewhere. That it was taken is noted first.</summary>
internal static class MandateRecordFile
{
    private static readonly Problem Unreadable = new(
        "console.mandate.unreadable", 409, "该签名记录无法解密，数据可能被改动。", "The signed record cannot be decrypted; it may have been edited.");

    public static void Map(WebApplication app) => app.MapGet("/console/mandates/{id:guid}/records/{sequence:int}", HandleAsync).AddEndpointFilter<NoteDenials>().RequireAuthorization();

    private static async Task<IResult> HandleAsync(
        Guid id, int sequence, HttpResponse response, ClaimsPrincipal user, Officials.Officials officials, IdentityContext database, MandateRecords records, IAuditTrail audit,
        CancellationToken cancellationToken)
    {
        var session = await officials.RequireAsync(user, cancellationToken, [.. ConsoleRights.TakeMandateRecords]);
        var step = await database.MandateEvents.AsNoTracking().FirstOrDefaultAsync(e => e.MandateId == id && e.Sequence == sequence, cancellationToken) ?? throw MandateStore.Unknown.Exception();
        var record = Read(records, step);
        audit.Add(new AuditEntry("mandate.recordTaken", id.ToString(), session.AccountId.ToString(), session.Account!.DisplayName, new { place = sequence }));
        await database.SaveChangesAsync(cancellationToken);
        response.Headers.CacheControl = "no-store";
        return Results.File(Encoding.ASCII.GetBytes(record), "application/jose", string.Create(CultureInfo.InvariantCulture, $"mandate-{id}-{sequence}.jws"));
    }

    private static string Read(MandateRecords records, MandateEvent step)
    {
        try
        {
            return records.Read(step);
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException)
        {
            throw Unreadable.Exception();
        }
    }
}
