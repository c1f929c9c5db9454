using System.Security.Claims;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Identity.Server.Features.Counter;

/// <summary>
/// What an official does at a window besides proving a person: <c>POST /api/counter-name-changes</c> (the name now on the ID card, asked of the population library),
/// <c>POST /api/counter-unfreezings</c> (the owner of a frozen account has come), <c>POST /api/counter-recoveries</c> (a ticket that works once).
/// </summary>
internal static class CounterChanges
{
    /// <param name="IdNumber">Of the person at the window.</param>
    /// <param name="Name">As on the ID card now.</param>
    /// <param name="Hall">The service hall.</param>
    /// <param name="Window">The window.</param>
    /// <param name="DocumentChecked">The original was seen.</param>
    /// <param name="HallLevel"><c>province</c>, <c>city</c> or <c>county</c>; may be left out where the official's post names it, and for an unfreezing, which leads to no evidence.</param>
    internal sealed record Request(string? IdNumber, string? Name, string? Hall, string? Window, bool DocumentChecked, string? HallLevel = null);

    internal sealed record TicketAnswer(string Ticket, DateTimeOffset ValidUntil);

    public static void MapCounterChanges(this WebApplication app)
    {
        app.MapPost("/api/counter-name-changes", ChangeNameAsync).RequireAuthorization(ApiTokens.Scope("identity.counter"));
        app.MapPost("/api/counter-unfreezings", UnfreezeAsync).RequireAuthorization(ApiTokens.Scope("identity.counter"));
        app.MapPost("/api/counter-recoveries", GiveTicketAsync).RequireAuthorization(ApiTokens.Scope("identity.counter"));
    }

    private static async Task<IResult> ChangeNameAsync(Request request, ClaimsPrincipal user, Officials.Officials officials, CounterDesk desk, TimeProvider time, CancellationToken cancellationToken)
    {
        var match = await desk.ChangeNameAsync(await VisitAsync(request, user, officials, time, cancellationToken), cancellationToken);
        return Results.Json(new { evidenceId = match.Id }, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> UnfreezeAsync(Request request, ClaimsPrincipal user, Officials.Officials officials, CounterDesk desk, TimeProvider time, CancellationToken cancellationToken)
    {
        var free = await desk.UnfreezeAsync(await VisitAsync(request, user, officials, time, cancellationToken), cancellationToken);
        return free ? Results.NoContent() : Results.Json(new { frozen = true });
    }

    private static async Task<IResult> GiveTicketAsync(Request request, ClaimsPrincipal user, HttpContext context, Officials.Officials officials, CounterDesk desk, TimeProvider time, CancellationToken cancellationToken)
    {
        var (ticket, until) = await desk.GiveTicketAsync(await VisitAsync(request, user, officials, time, cancellationToken), cancellationToken);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(new TicketAnswer(ticket, until), statusCode: StatusCodes.Status201Created);
    }

    private static async Task<CounterVisit> VisitAsync(Request request, ClaimsPrincipal user, Officials.Officials officials, TimeProvider time, CancellationToken cancellationToken) => CounterVisit.Read(
        await officials.RequireAsync(user, cancellationToken, OfficialRoles.CounterOfficer), request.IdNumber, request.Name, request.Hall, request.HallLevel, request.Window, request.DocumentChecked, time.GetUtcNow());
}
