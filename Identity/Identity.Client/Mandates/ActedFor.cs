using System.Security.Claims;
using Yinxin.Identity.Client.SignIn;

namespace Yinxin.Identity.Client.Mandates;

/// <summary>
/// In whose name an act was done, for the details of its audit entry. With the entry's actor it says: organisation X by person Y under mandate Z.
/// </summary>
/// <param name="Organisation">USCC of the organisation acted for.</param>
/// <param name="Mandate">Key of the agent's mandate; null for the legal representative, who needs none.</param>
public sealed record ActedFor(string Organisation, Guid? Mandate);

/// <summary>What the record of an act says beside the person.</summary>
public static class ActedForExtensions
{
    /// <summary>
    /// For the details of an audit entry, alone or with its members <c>organisation</c> and <c>mandate</c> beside others; null for a person who acts for themselves.
    /// </summary>
    /// <param name="principal">Who acts.</param>
    public static ActedFor? ActedFor(this ClaimsPrincipal principal) =>
        principal.SignedInUser()?.ActingFor is { } acting ? new ActedFor(acting.Organisation.Uscc, acting.Mandate?.Id) : null;
}
