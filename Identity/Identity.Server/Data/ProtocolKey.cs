namespace Yinxin.Identity.Server.Data;

/// <summary>A key of the protocol, its private half encrypted. Several may exist: the youngest active one signs, all public halves are published.</summary>
internal sealed class ProtocolKey
{
    public Guid Id { get; set; }

    /// <summary><c>kid</c>: RFC 7638 thumbprint for signing keys.</summary>
    public required string KeyId { get; set; }

    /// <summary><c>ES256</c>, <c>RS256</c> (signing) or <c>A256KW</c> (our own codes and refresh tokens).</summary>
    public required string Algorithm { get; set; }

    public required string PrivateKeyCipher { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Published from creation, used from here on: relying parties must have had time to fetch it.</summary>
    public DateTimeOffset ActiveFrom { get; set; }

    /// <summary>Set when it signs no longer; it is published until its last token is dead.</summary>
    public DateTimeOffset? RetiredAt { get; set; }
}
