using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Imports;

namespace Yinxin.Identity.Server.Features.Console.Imports;

/// <summary><c>GET /console/imports/{id}/rejections.csv</c>: the report as the API gives it.</summary>
internal static class ImportReportFile
{
    public static void Map(WebApplication app) => app.MapGet("/console/imports/{id:guid}/rejections.csv", HandleAsync).AddEndpointFilter<NoteDenials>().RequireAuthorization();

    private static async Task<IResult> HandleAsync(Guid id, HttpContext http, ClaimsPrincipal user, Officials.Officials officials, IdentityContext database, CancellationToken cancellationToken)
    {
        await officials.RequireAsync(user, cancellationToken, [.. ConsoleRights.ReadImports]);
        if (!await database.Imports.AnyAsync(i => i.Id == id, cancellationToken))
        {
            throw ImportProblems.Unknown.Exception();
        }

        http.Response.Headers.CacheControl = "no-store";
        return RejectionFile.Of(database, id, cancellationToken);
    }
}
