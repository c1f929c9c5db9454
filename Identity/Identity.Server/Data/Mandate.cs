using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>Where a mandate stands; stored as text. That its time has run out is seen from the clock, not from here alone.</summary>
internal enum MandateState
{
    Invited,
    Active,
    Suspended,
    Declined,
    Revoked,
    Expired,
}

/// <summary>Over which matters a mandate reaches; stored as text.</summary>
internal enum MandateReach
{
    All,

    /// <summary>Types of matters, GB/T 39046 A.1.</summary>
    Categories,

    /// <summary>Single matters by their implementation code.</summary>
    Matters,
}

/// <summary>
/// 授权 (AgentAuthorisation, domain/identity §6): an organisation lets a person act for it. This row is where it stands now; how it came there
/// is in <see cref="MandateEvent"/>. Its terms never change: other terms are another mandate.
/// </summary>
internal sealed class Mandate
{
    public Guid Id { get; set; }

    public Guid OrganisationId { get; set; }

    public Organisation? Organisation { get; set; }

    /// <summary>The mandate of the agent who passed a part of his on; null when the legal representative gave it.</summary>
    public Guid? ParentId { get; set; }

    public Mandate? Parent { get; set; }

    /// <summary>Who gave it.</summary>
    public Guid GrantedById { get; set; }

    /// <summary>Who answers for it now: whoever gave it, or the later legal representative who confirmed it. It stands only while he is in office.</summary>
    public Guid AnsweredById { get; set; }

    /// <summary>Who accepted it; null until then, for the inviter is not told whether the invited has an account.</summary>
    public Guid? AgentId { get; set; }

    public Person? Agent { get; set; }

    /// <summary>The invited person's ID number as a keyed hash: whoever proves that number sees the invitation.</summary>
    public required string InvitedIndex { get; set; }

    /// <summary>The invited person's name as the inviter wrote it, as a keyed hash; it must be the name of the account as well.</summary>
    public required string InvitedNameIndex { get; set; }

    public required string InvitedNameCipher { get; set; }

    public required string InvitedNumberMasked { get; set; }

    /// <summary>The number itself, so that its hash can be made under another key; null in mandates of an earlier release.</summary>
    public string? InvitedNumberCipher { get; set; }

    /// <summary>Version of the key that the two hashes are under; null: the first.</summary>
    public int? IndexVersion { get; set; }

    public MandateState State { get; set; }

    public MandateReach Reach { get; set; }

    /// <summary>Types or codes of matters; empty for all.</summary>
    public List<string> Matters { get; set; } = [];

    /// <summary><c>apply</c>, <c>pay</c>, <c>receive</c>, <c>use-seal</c>.</summary>
    public List<string> Powers { get; set; } = [];

    /// <summary>With <c>use-seal</c>: which seals, by their identifiers.</summary>
    public List<string> Seals { get; set; } = [];

    public DateTimeOffset ValidFrom { get; set; }

    public DateTimeOffset ValidTo { get; set; }

    public bool MaySubDelegate { get; set; }

    public DateTimeOffset InvitedAt { get; set; }

    /// <summary>An invitation that nobody has taken up by then is void.</summary>
    public DateTimeOffset InvitationEndsAt { get; set; }

    /// <summary>Number of the last event; of two acts at once one wins.</summary>
    public int Version { get; set; }
}

/// <summary>One step in the life of a mandate, signed by Identity and chained to the one before. Never changed, never deleted.</summary>
internal sealed class MandateEvent
{
    public Guid MandateId { get; set; }

    /// <summary>1, 2, 3 … without a gap.</summary>
    public int Sequence { get; set; }

    /// <summary>See <see cref="Features.Mandates.MandateAct"/>; stored as text.</summary>
    public required string Act { get; set; }

    /// <summary>Who did it; null for the clock and the register.</summary>
    public Guid? ActorId { get; set; }

    public DateTimeOffset At { get; set; }

    /// <summary>The signed record (JWS, compact), encrypted: it names people.</summary>
    public required string RecordCipher { get; set; }

    /// <summary>SHA-256 of the record, hexadecimal; the next record names it.</summary>
    public required string Digest { get; set; }
}

/// <summary>What ended while tokens still name it, for the feed that the other servers follow.</summary>
internal sealed class EndingRecord
{
    public Guid Id { get; set; }

    public required string Kind { get; set; }

    /// <summary>Key of the session, grant, mandate or account, or of the person or organisation whose level fell; empty for a policy.</summary>
    public Guid TargetId { get; set; }

    public DateTimeOffset At { get; set; }

    /// <summary>Of a mandate, a level or a policy: tokens below this number are of before.</summary>
    public int? Version { get; set; }
}

internal sealed class MandateMapping : IEntityTypeConfiguration<Mandate>
{
    public void Configure(EntityTypeBuilder<Mandate> builder)
    {
        builder.ToTable("Mandates");
        builder.Property(m => m.Id).ValueGeneratedNever();
        builder.Property(m => m.State).HasConversion<string>().HasMaxLength(20);
        builder.Property(m => m.Reach).HasConversion<string>().HasMaxLength(20);
        builder.Property(m => m.Version).IsConcurrencyToken();
        builder.HasOne(m => m.Organisation).WithMany().HasForeignKey(m => m.OrganisationId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne(m => m.Parent).WithMany().HasForeignKey(m => m.ParentId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne(m => m.Agent).WithMany().HasForeignKey(m => m.AgentId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(m => new { m.OrganisationId, m.Id });
        builder.HasIndex(m => new { m.InvitedIndex, m.Id });
        builder.HasIndex(m => new { m.AgentId, m.State });
        builder.HasIndex(m => m.GrantedById);
        builder.HasIndex(m => new { m.State, m.ValidTo });
        builder.HasIndex(m => new { m.State, m.InvitationEndsAt });
        builder.HasIndex(m => new { m.IndexVersion, m.Id });
    }
}

internal sealed class MandateEventMapping : IEntityTypeConfiguration<MandateEvent>
{
    public void Configure(EntityTypeBuilder<MandateEvent> builder)
    {
        builder.ToTable("MandateEvents");
        builder.HasKey(e => new { e.MandateId, e.Sequence });
        builder.Property(e => e.Act).HasMaxLength(20);
        builder.Property(e => e.Digest).HasMaxLength(64);
        builder.HasOne<Mandate>().WithMany().HasForeignKey(e => e.MandateId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class EndingRecordMapping : IEntityTypeConfiguration<EndingRecord>
{
    public void Configure(EntityTypeBuilder<EndingRecord> builder)
    {
        builder.ToTable("Endings");
        builder.Property(e => e.Id).ValueGeneratedNever();
        builder.Property(e => e.Kind).HasMaxLength(20);
        builder.HasIndex(e => new { e.At, e.Id });
    }
}
