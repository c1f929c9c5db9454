using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Console.AuditSearch;

/// <summary><c>GET /console/audit/export?format=ndjson|csv</c> with the page's filter, streamed. That it was taken is noted first, and so stands in the file itself.</summary>
internal static class AuditExportFile
{
    private static readonly Problem Bad = new("console.audit.query", 422, "查询条件不正确。", "The query is not valid.");

    public static void Map(WebApplication app) => app.MapGet("/console/audit/export", HandleAsync).AddEndpointFilter<NoteDenials>().RequireAuthorization();

    private static async Task HandleAsync(
        HttpContext http, string? format, [AsParameters] Members members, ClaimsPrincipal user, Officials.Officials officials, IdentityContext database, AuditExport export, IAuditTrail audit,
        CancellationToken cancellationToken)
    {
        var session = await officials.RequireAsync(user, cancellationToken, [.. ConsoleRights.ReadAudit]);
        var filter = members.Filter();
        if (format is not ("ndjson" or "csv"))
        {
            throw Bad.Exception();
        }

        if (filter.Fault() is { } fault)
        {
            throw fault.Problem.Exception();
        }

        audit.Add(new AuditEntry("audit.exported", SubjectId: null, session.AccountId.ToString(), session.Account!.DisplayName, new { format, query = filter.Query() }));
        await database.SaveChangesAsync(cancellationToken);
        var head = await database.Set<AuditRecord>().MaxAsync(r => r.Sequence, cancellationToken);
        http.Response.ContentType = format == "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"audit-{head}.{format}\"";
        http.Response.Headers.CacheControl = "no-store";
        await (format == "csv" ? export.WriteCsvAsync(http.Response.Body, filter, head, cancellationToken) : export.WriteNdjsonAsync(http.Response.Body, filter, head, cancellationToken));
    }

    private sealed record Members(string? Actor, string? Subject, string? Action, string? Result, string? Trace, string? Address, string? From, string? To)
    {
        public AuditFilter Filter() => new() { Actor = Actor, Subject = Subject, Action = Action, Result = Result, Trace = Trace, Address = Address, From = From, To = To };
    }
}
