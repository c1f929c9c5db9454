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

    /// <summary>Set while nobody can act for it: it rests without a representative, or (with <see cref="DissolvedAt"/>) is no more.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Set when its register no longer knows it. Without this an organisation that has ended only rests: whom the register names next wakes it.</summary>
    public DateTimeOffset? DissolvedAt { get; set; }

    /// <summary>Since when officials have it frozen: nobody acts for it, whoever represents it. Its register's reports are followed all the same. Follows the <see cref="StandingFreeze"/>s of it.</summary>
    public DateTimeOffset? FrozenAt { get; set; }
}
