namespace Yinxin.Identity.Server.Data;

/// <summary>One version of the assurance policy; its document never changes. In force is the one that is activated and not retired.</summary>
internal sealed class AssurancePolicyVersion
{
    /// <summary>From 1, without gaps.</summary>
    public int Version { get; set; }

    /// <summary>The JSON document to the byte.</summary>
    public required string Document { get; set; }

    /// <summary>SHA-256 (hexadecimal) of the document's UTF-8.</summary>
    public required string Digest { get; set; }

    /// <summary>Why it is proposed.</summary>
    public string Note { get; set; } = "";

    /// <summary>The official, or <c>system</c> for the first.</summary>
    public required string ProposedBy { get; set; }

    public DateTimeOffset ProposedAt { get; set; }

    /// <summary>Another official than the one who proposed it.</summary>
    public string? ActivatedBy { get; set; }

    public DateTimeOffset? ActivatedAt { get; set; }

    public DateTimeOffset? RetiredAt { get; set; }
}
