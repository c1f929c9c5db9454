namespace Yinxin.Identity.Server.Data;

/// <summary>A key of the protocol, its private half encrypted. Announced, it signs from its day on until its successor does, stays published as long as anything that it signed may live, and is known for good.</summary>
internal sealed class ProtocolKey
{
    /// <summary>Follows from the key before it, so that each has one successor, whichever node makes it.</summary>
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

    /// <summary>When a security administrator took it out of use at once: from then on nothing that it signed opens anything, and it is published no more.</summary>
    public DateTimeOffset? WithdrawnAt { get; set; }
}
