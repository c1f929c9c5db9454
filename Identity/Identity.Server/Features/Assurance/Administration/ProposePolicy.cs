using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Policy;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Identity.Server.Features.Assurance.Administration;

/// <summary><c>POST /api/assurance-policies</c>: a security administrator proposes a new version. It changes nothing before another one activates it.</summary>
internal static class ProposePolicy
{
    internal sealed record Request(JsonElement Policy, string? Note);

    public static void Map(WebApplication app) => app.MapPost("/api/assurance-policies", HandleAsync).RequireAuthorization(ApiTokens.Scope("identity.policy"));

    private static async Task<IResult> HandleAsync(
        Request request, ClaimsPrincipal user, Officials.Officials officials, IdentityContext database, AssurancePolicies policies, IAuditTrail audit, TimeProvider time, CancellationToken cancellationToken)
    {
        var session = await officials.RequireAsync(user, cancellationToken, OfficialRoles.SecurityAdministrator);
        if (request.Note?.Trim() is not { Length: > 0 and <= 500 } note)
        {
            throw PolicyProblems.NoNote.Exception();
        }

        var document = request.Policy.ValueKind == JsonValueKind.Undefined ? "null" : request.Policy.GetRawText();
        try
        {
            AssurancePolicyReading.Read(Encoding.UTF8.GetBytes(document));
        }
        catch (AssurancePolicyException e)
        {
            var problem = PolicyProblems.Invalid.Exception();
            problem.Extensions["member"] = e.Member;
            problem.Extensions["reason"] = e.Reason;
            throw problem;
        }

        var digest = AssurancePolicies.DigestOf(document);
        var current = (await policies.InForceAsync(database, cancellationToken)).Version;
        var inForce = await database.AssurancePolicyVersions.Where(p => p.Version == current).Select(p => p.Document).FirstAsync(cancellationToken);
        if (JsonElement.DeepEquals(JsonSerializer.Deserialize<JsonElement>(inForce), request.Policy))
        {
            throw PolicyProblems.Unchanged.Exception();
        }

        var proposed = new AssurancePolicyVersion
        {
            Version = await database.AssurancePolicyVersions.MaxAsync(p => p.Version, cancellationToken) + 1,
            Document = document,
            Digest = digest,
            Note = note,
            ProposedBy = session.AccountId.ToString(),
            ProposedAt = time.GetUtcNow(),
        };
        database.AssurancePolicyVersions.Add(proposed);
        audit.Add(new AuditEntry("policy.proposed", $"assurance-policy/{proposed.Version}", proposed.ProposedBy, session.Account!.DisplayName, new { proposed.Digest, note }));
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            throw PolicyProblems.Conflict.Exception();
        }

        return Results.Created($"/api/assurance-policies/{proposed.Version}", PolicyView.Of(proposed, withDocument: false));
    }
}
