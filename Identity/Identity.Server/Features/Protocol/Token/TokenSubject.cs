using System.Collections.Immutable;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Assurance.Administration;
using Yinxin.Identity.Server.Features.Clients;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.Identity.Server.Features.Sessions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Yinxin.Identity.Server.Features.Protocol.Token;

/// <summary>
/// What tokens say about the person, computed anew for each: level, organisation, department and roles are those of this moment,
/// not of the sign-in.
/// </summary>
internal sealed class TokenSubject(IdentityContext database, SessionLevels levels, PersonalData personal, ClientCatalogue clients)
{
    private static readonly string[] Both = [Destinations.AccessToken, Destinations.IdentityToken];
    private static readonly string[] AccessOnly = [Destinations.AccessToken];

    public async Task<ClaimsIdentity> BuildAsync(
        Session session, Guid? organisationId, IEnumerable<string> scopes, string clientId, CancellationToken cancellationToken)
    {
        var account = session.Account!;
        var granted = scopes.Where(s => MayHave(account, s)).ToImmutableArray();
        var level = await levels.OfAsync(session, organisationId, cancellationToken);
        var identity = new ClaimsIdentity("yinxin", Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, account.Id.ToString())
            .SetClaim(ProtocolClaims.SessionId, session.Id.ToString())
            .SetClaim(Claims.AuthenticationContextReference, AssuranceNames.Acr(level.Effective))
            .SetClaim(Claims.AuthenticationTime, session.AuthenticatedAt.ToUnixTimeSeconds())
            .SetClaim(ProtocolClaims.Kind, Kind(account, organisationId))
            .SetClaim(Claims.Name, account.DisplayName);
        identity.SetClaims(Claims.AuthenticationMethodReference, [.. session.Methods]);
        await AddOrganisationAsync(identity, organisationId, level.Organisation, cancellationToken);
        AddStaff(identity, account.StaffMember);
        if (granted.Contains(ScopeCatalogue.RealName) && clients.Find(clientId) is { FirstParty: true } && account.Person is { } person)
        {
            identity.SetClaim(ProtocolClaims.RealName, person.Name);
            identity.SetClaim(ProtocolClaims.IdNumber, personal.Unprotect(Purposes.IdNumber, person.IdNumberCipher));
        }

        identity.SetScopes(granted);
        identity.SetResources(ScopeCatalogue.AudiencesOf(granted));
        identity.SetDestinations(claim => claim.Type is ProtocolClaims.IdNumber or ProtocolClaims.RealName or ProtocolClaims.Grant ? AccessOnly : Both);
        return identity;
    }

    /// <summary>A person's token never carries a service's scope, nor an official's scope without the role.</summary>
    private static bool MayHave(Account account, string scope) => scope switch
    {
        "identity.counter" => Holds(account, OfficialRoles.CounterOfficer),
        "identity.policy" => Holds(account, OfficialRoles.SecurityAdministrator, OfficialRoles.AuditAdministrator, OfficialRoles.Auditor),
        "identity.import" => Holds(account, OfficialRoles.SystemAdministrator, OfficialRoles.AuditAdministrator, OfficialRoles.Auditor),
        "identity.grade" => account.Kind == AccountKind.Person || Holds(account, ShowGrade.Readers),
        "case.apply" or "license.read" or ScopeCatalogue.RealName => account.Kind == AccountKind.Person,
        _ => !ScopeCatalogue.ServiceOnly.Contains(scope),
    };

    private static bool Holds(Account account, params string[] anyOf) => account.StaffMember?.Roles.Exists(role => anyOf.Contains(role, StringComparer.Ordinal)) == true;

    private static string Kind(Account account, Guid? organisationId) => account.Kind == AccountKind.Staff ? "staff"
        : organisationId is null ? "person" : "organisation";

    private async Task AddOrganisationAsync(ClaimsIdentity identity, Guid? id, AssuranceLevel? level, CancellationToken cancellationToken)
    {
        if (id is null)
        {
            return;
        }

        var organisation = await database.Organisations.AsNoTracking().FirstAsync(o => o.Id == id, cancellationToken);
        identity.SetClaim(ProtocolClaims.ActingFor, Json(new JsonObject
        {
            ["organisation"] = new JsonObject { ["uscc"] = organisation.Uscc, ["name"] = organisation.Name },
            ["relation"] = "legal_representative",
            ["assurance"] = AssuranceNames.Name(level ?? AssuranceLevel.None),
        }));
    }

    private static void AddStaff(ClaimsIdentity identity, StaffMember? member)
    {
        if (member is null)
        {
            return;
        }

        identity.SetClaim(ProtocolClaims.Department, Json(new JsonObject { ["uscc"] = member.DepartmentUscc, ["name"] = member.DepartmentName }));
        identity.SetClaims(ProtocolClaims.Role, [.. member.Roles]);
    }

    private static JsonElement Json(JsonObject value) => JsonSerializer.SerializeToElement(value);
}
