using System.Security.Claims;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Identity.Server.Features.Counter;

/// <summary>
/// <c>POST /api/counter-verifications</c>: an official has seen the person and the ID card at a window. <c>…/organisations</c>: the legal representative came with the
/// organisation's certificate of registration.
/// </summary>
internal static class CounterVerification
{
    /// <param name="IdNumber">Of the person at the window.</param>
    /// <param name="Name">As on the ID card.</param>
    /// <param name="Hall">The service hall.</param>
    /// <param name="Window">The window.</param>
    /// <param name="DocumentChecked">The original was seen.</param>
    /// <param name="HallLevel"><c>province</c>, <c>city</c> or <c>county</c>; may be left out where the official's post names it.</param>
    /// <param name="Uscc">For an organisation: its credit code.</param>
    internal sealed record Request(string? IdNumber, string? Name, string? Hall, string? Window, bool DocumentChecked, string? HallLevel = null, string? Uscc = null);

    internal sealed record Answer(Guid EvidenceId, string Level);

    public static void MapCounter(this WebApplication app)
    {
        app.MapPost("/api/counter-verifications", VerifyAsync).RequireAuthorization(ApiTokens.Scope("identity.counter"));
        app.MapPost("/api/counter-verifications/organisations", VerifyOrganisationAsync).RequireAuthorization(ApiTokens.Scope("identity.counter"));
    }

    private static async Task<IResult> VerifyAsync(Request request, ClaimsPrincipal user, Officials.Officials officials, CounterDesk desk, TimeProvider time, CancellationToken cancellationToken)
    {
        var visit = await VisitAsync(request, user, officials, time, cancellationToken);
        var (evidence, level) = await desk.VerifyAsync(visit, cancellationToken);
        return Results.Json(new Answer(evidence.Id, AssuranceNames.Name(level)), statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> VerifyOrganisationAsync(Request request, ClaimsPrincipal user, Officials.Officials officials, CounterDesk desk, TimeProvider time, CancellationToken cancellationToken)
    {
        var visit = await VisitAsync(request, user, officials, time, cancellationToken);
        var (evidence, level) = await desk.VerifyOrganisationAsync(visit, request.Uscc, cancellationToken);
        return Results.Json(new Answer(evidence.Id, AssuranceNames.Name(level)), statusCode: StatusCodes.Status201Created);
    }

    private static async Task<CounterVisit> VisitAsync(Request request, ClaimsPrincipal user, Officials.Officials officials, TimeProvider time, CancellationToken cancellationToken) => CounterVisit.Read(
        await officials.RequireAsync(user, cancellationToken, OfficialRoles.CounterOfficer), request.IdNumber, request.Name, request.Hall, request.HallLevel, request.Window, request.DocumentChecked, time.GetUtcNow());
}
