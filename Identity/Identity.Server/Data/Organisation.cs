namespace Yinxin.Identity.Server.Data;

/// <summary>A legal person or other organisation. It has no password: its representative acts for it.</summary>
internal sealed class Organisation
{
    public Guid Id { get; set; }

    /// <summary>Unified social credit code, GB 32100, 18 characters.</summary>
    public required string Uscc { get; set; }

    public required string Name { get; set; }

    public Guid LegalRepresentativeId { get; set; }

    public Person? LegalRepresentative { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Set when the register no longer knows the organisation; nobody can act for it any more.</summary>
    public DateTimeOffset? EndedAt { get; set; }
}
