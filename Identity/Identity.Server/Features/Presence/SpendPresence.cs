using System.Security.Claims;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Identity.Server.Features.Presence;

/// <summary><c>POST /api/presence-proofs/spend</c>: an API spends the proof that came in a token, right before it does what was confirmed. Scope <c>identity.presence</c>, services only.</summary>
internal static class SpendPresence
{
    private const int Longest = 200;

    public static void MapPresence(this WebApplication app) => app.MapPost("/api/presence-proofs/spend", HandleAsync).RequireAuthorization(ApiTokens.Scope("identity.presence"));

    private static async Task<IResult> HandleAsync(PresenceSpending asked, ClaimsPrincipal service, PresenceProofs proofs, CancellationToken cancellationToken)
    {
        string?[] needed = [asked.Transaction, asked.Subject, asked.Client, asked.Session, asked.Operation];
        if (needed.Any(text => text is not { Length: > 0 and <= Longest } || !TypedText.IsSound(text)))
        {
            throw PresenceProblems.Incomplete.Exception();
        }

        var proof = await proofs.SpendAsync(asked, service.FindFirstValue("sub")!, cancellationToken);
        return Results.Ok(new { proof.Transaction, proof.ProvenAt, proof.SpentAt, proof.Method, evidence = proof.EvidenceId });
    }
}
