namespace Yinxin.Identity.Server.Features.Protocol;

/// <summary>Claim names beyond those of OpenID Connect.</summary>
internal static class ProtocolClaims
{
    public const string SessionId = "sid";
    public const string Kind = "kind";
    public const string ActingFor = "act_for";
    public const string Department = "department";
    public const string Role = "role";
    public const string RealName = "real_name";
    public const string IdNumber = "id_number";

    /// <summary>RFC 9396 §9: what the person confirmed in person; in tokens of that one transaction only.</summary>
    public const string AuthorizationDetails = "authorization_details";

    /// <summary>What the session reaches without the presence that <c>acr</c> tells of.</summary>
    public const string SessionLevel = "session_acr";

    /// <summary>OpenID Connect for Identity Assurance.</summary>
    public const string VerifiedClaims = "verified_claims";

    /// <summary>The family a token belongs to: lets userinfo and introspection see that it has ended.</summary>
    public const string Grant = "gid";

    /// <summary>Number of a refresh token in its family.</summary>
    public const string Generation = "gen";

    /// <summary>All scopes that were granted, also those that the level of the moment does not carry, on their way into the refresh token; in no token under this name.</summary>
    public const string Granted = "gsc";

    /// <summary>Key of the organisation acted for, inside codes and refresh tokens only.</summary>
    public const string ActingForId = "afo";

    /// <summary>Key of the mandate under which an agent acts, inside codes only.</summary>
    public const string ActingMandateId = "afm";

    /// <summary>The levels of which <c>acr</c> must be one, as the request demanded; inside codes and refresh tokens only.</summary>
    public const string AcrCondition = "acc";

    /// <summary>RFC 8693 §4.1: who acts when the token is used for another.</summary>
    public const string Actor = "act";

    /// <summary>When mandate or session end or the level falls by itself, whichever comes first, on its way from the subject to the token's life; in no token.</summary>
    public const string TrueUntil = "true_until";

    /// <summary>Identifier of a pushed request, inside its own token only.</summary>
    public const string RequestId = "rid";
}
