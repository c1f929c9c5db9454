using System.Collections.Immutable;
using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Acting;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Assurance.Administration;
using Yinxin.Identity.Server.Features.Clients;
using Yinxin.Identity.Server.Features.Mandates;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Endings;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Yinxin.Identity.Server.Features.Protocol.Token;

/// <summary>
/// What tokens say about the person, computed anew for each: level, organisation, department and roles are those of this moment,
/// not of the sign-in.
/// </summary>
internal sealed class TokenSubject(
    IdentityContext database, ActingChoices choices, SessionLevels levels, PersonalData personal, ClientCatalogue clients, SubjectIdentifiers identifiers)
{
    private static readonly string[] Both = [Destinations.AccessToken, Destinations.IdentityToken];
    private static readonly string[] AccessOnly = [Destinations.AccessToken];

    /// <summary>Null when the mandate ended in this very moment, or is not what its records left.</summary>
    public async Task<ClaimsIdentity?> BuildAsync(
        Session session, ActingAs? acting, IEnumerable<string> scopes, string clientId, CancellationToken cancellationToken)
    {
        var account = session.Account!;
        var client = clients.Find(clientId);
        var level = await levels.OfAsync(session, acting, cancellationToken);
        // After the level: whoever gets a new name in between has it in a token that counts as of before and is renewed, never the former one in a token that counts as of now.
        account.Person = account.Kind != AccountKind.Person ? null : await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => p.Id == account.Id, cancellationToken);
        var granted = scopes.Where(s => MayHave(account, s) && (level.Effective > AssuranceLevel.None || !NeedsProof(s))).ToImmutableArray();
        var identity = new ClaimsIdentity("yinxin", Claims.Name, Claims.Role);
        // In every token of the family: what is shown again leads to its row by the family alone, so no token need name account and session to us.
        identity.SetClaim(Claims.Subject, identifiers.SubjectOf(client, account.Id))
            .SetClaim(ProtocolClaims.SessionId, identifiers.SessionOf(client, session.Id))
            .SetClaim(Claims.AuthenticationContextReference, AssuranceNames.Acr(level.Effective))
            .SetClaim(Claims.AuthenticationTime, session.AuthenticatedAt.ToUnixTimeSeconds())
            .SetClaim(ProtocolClaims.Kind, Kind(account, acting));
        if (granted.Contains(Scopes.Profile))
        {
            // OIDC Core §5.4: whoever asks for a sign-in and nothing else need not know what the person is called.
            identity.SetClaim(Claims.Name, account.DisplayName);
        }

        identity.SetClaims(Claims.AuthenticationMethodReference, [.. session.Methods]);
        if (client is { FirstParty: true } || ScopeCatalogue.AudiencesOf(granted).Any())
        {
            // For the platform's own apps and APIs. Somebody else's client whose token is for none of them need not know how often its user was compared.
            identity.SetClaim(LevelBasis.ClaimType, level.Basis.ToString());
        }

        if (acting is not null && !await AddActingAsync(identity, client, account.Id, acting, level, cancellationToken))
        {
            return null;
        }

        EndBefore(identity, level.FallsAt);
        EndBefore(identity, session.ExpiresAt);
        AddStaff(identity, account);
        if (granted.Contains(ScopeCatalogue.RealName) && client is { FirstParty: true } && account.Person is { } person)
        {
            identity.SetClaim(ProtocolClaims.RealName, person.Name);
            identity.SetClaim(ProtocolClaims.IdNumber, personal.Unprotect(Purposes.IdNumber, person.IdNumberCipher));
        }

        identity.SetScopes(granted);
        identity.SetResources(ScopeCatalogue.AudiencesOf(granted));
        identity.SetDestinations(claim => claim.Type is ProtocolClaims.IdNumber or ProtocolClaims.RealName or ProtocolClaims.Grant or LevelBasis.ClaimType ? AccessOnly : Both);
        return identity;
    }

    /// <summary>RFC 6749 §6: what the narrower scope of a refresh does not give, the claims of its tokens do not give either.</summary>
    public static void Narrow(ClaimsIdentity identity, IEnumerable<string> scopes)
    {
        var kept = scopes.ToHashSet(StringComparer.Ordinal);
        if (!kept.Contains(Scopes.Profile))
        {
            identity.SetClaim(Claims.Name, (string?)null);
        }

        if (!kept.Contains(ScopeCatalogue.RealName))
        {
            identity.SetClaim(ProtocolClaims.RealName, (string?)null);
            identity.SetClaim(ProtocolClaims.IdNumber, (string?)null);
        }
    }

    /// <summary>Evidence and sessions run out at known moments: no token says longer what they carried. So a million levels that fall in one night need no word to anybody.</summary>
    private static void EndBefore(ClaimsIdentity identity, DateTimeOffset? moment)
    {
        if (moment?.ToUnixTimeSeconds() is { } end && !(long.TryParse(identity.GetClaim(ProtocolClaims.TrueUntil), NumberStyles.None, CultureInfo.InvariantCulture, out var earlier) && earlier < end))
        {
            identity.SetClaim(ProtocolClaims.TrueUntil, end.ToString(CultureInfo.InvariantCulture));
        }
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

    /// <summary>What nobody has unless somebody compared who they are: particulars that were only handed over, or that nothing in force bears any more, act and speak for nobody.</summary>
    private static bool NeedsProof(string scope) => scope is "case.apply" or "license.read" or ScopeCatalogue.RealName;

    private static bool Holds(Account account, params string[] anyOf) =>
        !account.HasInitialPassword && account.StaffMember?.Roles.Exists(role => anyOf.Contains(role, StringComparer.Ordinal)) == true;

    private static string Kind(Account account, ActingAs? acting) => account.Kind == AccountKind.Staff ? "staff"
        : acting is null ? "person" : "organisation";

    /// <summary>
    /// <c>act_for</c> names the organisation and the power, <c>act</c> (RFC 8693 §4.1) the acting person. <c>sub</c> stays the person in every token:
    /// OIDC Core §5.3.2 wants it equal in ID token and userinfo, and an app must know its user again whomever he acts for.
    /// </summary>
    private async Task<bool> AddActingAsync(ClaimsIdentity identity, Client? client, Guid person, ActingAs acting, SessionLevel level, CancellationToken cancellationToken)
    {
        var organisation = await database.Organisations.AsNoTracking().FirstAsync(o => o.Id == acting.Organisation, cancellationToken);
        var mandate = acting.Mandate is { } id
            ? await choices.BelievedAsync(person, id, cancellationToken)
            : null;
        if (acting.Mandate is not null && mandate is null)
        {
            return false;
        }

        identity.SetClaim(ProtocolClaims.ActingFor, Json(new JsonObject
        {
            ["organisation"] = new JsonObject { ["uscc"] = organisation.Uscc, ["name"] = organisation.Name },
            ["relation"] = mandate is null ? "legal_representative" : "agent",
            ["assurance"] = AssuranceNames.Name(level.Organisation ?? AssuranceLevel.None),

            // What raising could reach at most, which an app cannot work out: it knows no policy, and acr says only what is reached now.
            ["ceiling"] = mandate is null ? null : AssuranceNames.Name(level.Ceiling),
            ["mandate"] = mandate is null ? null : MandateOf(client, mandate),
        }.WithoutNulls()));
        identity.SetClaim(ProtocolClaims.Actor, Json(new JsonObject
        {
            ["sub"] = identifiers.SubjectOf(client, person),
            ["acr"] = AssuranceNames.Acr(level.Own),

            // The one before in the chain; a mandate is passed on once at most, so it never goes deeper.
            ["act"] = mandate?.Parent?.AgentId is { } before ? new JsonObject { ["sub"] = identifiers.SubjectOf(client, before) } : null,
        }.WithoutNulls()));
        if (mandate is not null)
        {
            identity.SetClaim(ProtocolClaims.TrueUntil, MandateClaim.End(mandate));
        }

        return true;
    }

    /// <summary>A mandate has one agent: its key would name him to every sector alike.</summary>
    private JsonObject MandateOf(Client? client, Mandate mandate)
    {
        var claim = MandateClaim.Of(mandate);
        claim["id"] = identifiers.MandateOf(client, mandate.Id);
        return claim;
    }

    private static void AddStaff(ClaimsIdentity identity, Account account)
    {
        if (account.StaffMember is not { } member)
        {
            return;
        }

        identity.SetClaim(ProtocolClaims.Department, Json(new JsonObject { ["uscc"] = member.DepartmentUscc, ["name"] = member.DepartmentName }));
        ImmutableArray<string> roles = account.HasInitialPassword ? [] : [.. member.Roles];
        identity.SetClaims(ProtocolClaims.Role, roles);
    }

    private static JsonElement Json(JsonObject value) => JsonSerializer.SerializeToElement(value);
}
