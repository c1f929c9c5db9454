using System.Security.Claims;
using System.Text.Json;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Identity.Server.Features.Assurance.Administration;

/// <summary><c>POST /api/assurance-policies</c>: a security administrator proposes a new version. It changes nothing before another one activates it.</summary>
internal static class ProposePolicy
{
    internal sealed record Request(JsonElement Policy, string? Note);

    public static void Map(WebApplication app) => app.MapPost("/api/assurance-policies", HandleAsync).RequireAuthorization(ApiTokens.Scope("identity.policy"));

    private static async Task<IResult> HandleAsync(Request request, ClaimsPrincipal user, Officials.Officials officials, PolicyAdministration policies, CancellationToken cancellationToken)
    {
        var session = await officials.RequireAsync(user, cancellationToken, OfficialRoles.SecurityAdministrator);
        var document = request.Policy.ValueKind == JsonValueKind.Undefined ? "null" : request.Policy.GetRawText();
        var proposed = await policies.ProposeAsync(session, document, request.Note, cancellationToken);
        return Results.Created($"/api/assurance-policies/{proposed.Version}", PolicyView.Of(proposed, withDocument: false));
    }
}
