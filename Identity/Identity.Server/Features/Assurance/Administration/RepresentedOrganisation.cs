using System.Security.Claims;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Protocol;

namespace Yinxin.Identity.Server.Features.Assurance.Administration;

/// <summary>The organisation that a token acts for as its legal representative, who is that still at this moment. An agent's token has none: it acts under a mandate, which does not reach that far.</summary>
internal static class RepresentedOrganisation
{
    public static async Task<Guid?> OfAsync(ClaimsPrincipal user, IdentityContext database, CancellationToken cancellationToken)
    {
        if (user.FindFirstValue(ProtocolClaims.Kind) != "organisation" || !Guid.TryParse(user.FindFirstValue("sub"), out var person) || user.FindFirstValue(ProtocolClaims.ActingFor) is not { } acting)
        {
            return null;
        }

        // Signed by this server, so it is what was written.
        var claim = JsonNode.Parse(acting);
        if (claim?["relation"]?.GetValue<string>() != "legal_representative" || claim["organisation"]?["uscc"]?.GetValue<string>() is not { } uscc)
        {
            return null;
        }

        return await database.Organisations.AsNoTracking().Where(o => o.Uscc == uscc && o.LegalRepresentativeId == person && o.EndedAt == null && o.FrozenAt == null)
            .Select(o => (Guid?)o.Id).FirstOrDefaultAsync(cancellationToken);
    }
}
