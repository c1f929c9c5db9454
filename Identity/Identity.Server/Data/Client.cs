namespace Yinxin.Identity.Server.Data;

/// <summary>A registered relying party or service.</summary>
internal sealed class Client
{
    public Guid Id { get; set; }

    public required string ClientId { get; set; }

    /// <summary>SHA-256 of the secret. One hash is enough because secrets are random and long; it is what makes the token endpoint fast.</summary>
    public byte[]? SecretHash { get; set; }

    public bool IsPublic { get; set; }

    /// <summary>One of the platform's own apps: may receive real names and numbers.</summary>
    public bool FirstParty { get; set; }

    public required string DisplayName { get; set; }

    public List<string> RedirectUris { get; set; } = [];

    public List<string> PostLogoutRedirectUris { get; set; } = [];

    /// <summary>OIDC Back-Channel Logout §2.2: where it is told that a session of its users has ended; null when it does not want to know.</summary>
    public string? BackChannelLogoutUri { get; set; }

    /// <summary>OIDC Core §8.1: clients of one sector know a person by one <c>sub</c>, those of another by another. Null for a client of the platform, whose <c>sub</c> is the account.</summary>
    public string? SectorIdentifier { get; set; }

    public List<string> Scopes { get; set; } = [];

    public List<string> GrantTypes { get; set; } = [];

    /// <summary>Algorithm of this client's ID tokens: ES256 unless it asks for RS256.</summary>
    public string IdTokenAlgorithm { get; set; } = "ES256";

    public bool RequirePushedRequests { get; set; }

    /// <summary>RFC 9396 §10: the types of <c>authorization_details</c> it may ask for.</summary>
    public List<string> AuthorizationDetailsTypes { get; set; } = [];

    /// <summary>Names of the verified claims it may ask for.</summary>
    public List<string> VerifiedClaims { get; set; } = [];

    /// <summary>What it needs them for, as it was approved.</summary>
    public string? PurposeChinese { get; set; }

    public string? PurposeEnglish { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }
}
