using System.ComponentModel.DataAnnotations;

namespace Yinxin.Identity.Server.Features.Clients;

/// <summary>One client of section <c>Clients</c>.</summary>
internal sealed class ClientSettings
{
    public const string Section = "Clients";

    [Required, RegularExpression("[A-Za-z0-9._-]{1,100}")]
    public string ClientId { get; set; } = "";

    public string? Secret { get; set; }

    [Required, RegularExpression("confidential|public")]
    public string Type { get; set; } = "confidential";

    [Required]
    public string DisplayName { get; set; } = "";

    public bool FirstParty { get; set; }

    public IList<string> RedirectUris { get; set; } = [];

    public IList<string> PostLogoutRedirectUris { get; set; } = [];

    /// <summary>Where it is told that a session of its users has ended.</summary>
    [MaxLength(2000)]
    public string? BackChannelLogoutUri { get; set; }

    /// <summary>What <c>sub</c> is: the account (public), or an identifier of the client's sector (pairwise). None: pairwise for whoever is outside the platform (<see cref="ClientSectors"/>).</summary>
    [RegularExpression("public|pairwise")]
    public string? SubjectType { get; set; }

    /// <summary>A host name. Clients that give the same one are of one sector; none: the host of the redirect URIs.</summary>
    public string? SectorIdentifier { get; set; }

    public IList<string> Scopes { get; set; } = [];

    public IList<string> GrantTypes { get; set; } = [];

    [RegularExpression("ES256|RS256")]
    public string IdTokenAlgorithm { get; set; } = "ES256";

    public bool RequirePushedRequests { get; set; }

    public IList<string> AuthorizationDetailsTypes { get; set; } = [];

    public IList<string> VerifiedClaims { get; set; } = [];

    /// <summary>Of whom a service with scope <c>identity.import</c> may hand users over, e.g. <c>hefei</c>; of nobody without an entry. Not kept in the database.</summary>
    public IList<string> ImportSources { get; set; } = [];

    [MaxLength(200)]
    public string? PurposeChinese { get; set; }

    [MaxLength(200)]
    public string? PurposeEnglish { get; set; }
}
