using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>
/// A key under which columns are encrypted and indexed, itself encrypted under <c>App:MasterKey</c>. The highest version is written with; a former one is
/// read until nothing is under it, and then destroyed.
/// </summary>
internal sealed class DataKey
{
    /// <summary>The key for what cannot be made anew from what is stored: hashes of codes, tickets, brakes, numbers of reported events.</summary>
    public const int Codes = 0;

    /// <summary>1, 2, 3 … for data; <see cref="Codes"/>.</summary>
    public int Version { get; set; }

    /// <summary>Empty once it is destroyed.</summary>
    public required string KeyCipher { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it was destroyed.</summary>
    public DateTimeOffset? RetiredAt { get; set; }
}

/// <summary>Where a change of keys stands; stored as text.</summary>
internal enum KeyRotationPhase
{
    /// <summary>Ciphers are made anew; each person's indexes under the new key are written beside those under the former one, which still find everybody.</summary>
    Filling,

    /// <summary>The new indexes take the place of the former ones.</summary>
    Switching,

    /// <summary>Nothing may be left under the former key.</summary>
    Checking,
    Done,
}

/// <summary>One change of keys, worked off in batches; each commits with its cursor, so another node or the next start goes on where it stopped.</summary>
internal sealed class KeyRotation
{
    /// <summary>Of the new key.</summary>
    public int Version { get; set; }

    public KeyRotationPhase Phase { get; set; }

    /// <summary>The table in work.</summary>
    public string? Table { get; set; }

    /// <summary>The last row of the last batch.</summary>
    public string? Cursor { get; set; }

    /// <summary>Rows when it began; new ones are under the new key from the start.</summary>
    public long Total { get; set; }

    public long Seen { get; set; }

    public required string StartedBy { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    public DateTimeOffset PhaseAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Table and key of a row that does not open, at which the change stands until somebody has looked; null: nothing is in the way.</summary>
    public string? Fault { get; set; }

    public DateTimeOffset? FaultAt { get; set; }

    /// <summary>The node that works has it until then.</summary>
    public DateTimeOffset? HeldUntil { get; set; }

    /// <summary>Changes with every batch, so that two nodes cannot both commit one.</summary>
    public int Turn { get; set; }
}

/// <summary>
/// A random value without which nothing that is encrypted for its person opens. Destroying it erases those columns everywhere, in old copies of the database too,
/// as long as this table is not part of them: see the README on backups.
/// </summary>
internal sealed class PersonSecret
{
    /// <summary>The key of the account.</summary>
    public Guid PersonId { get; set; }

    public required byte[] Secret { get; set; }
}

internal sealed class DataKeyMapping : IEntityTypeConfiguration<DataKey>
{
    public void Configure(EntityTypeBuilder<DataKey> builder)
    {
        builder.ToTable("DataKeys");
        builder.HasKey(k => k.Version);
        builder.Property(k => k.Version).ValueGeneratedNever();
    }
}

internal sealed class KeyRotationMapping : IEntityTypeConfiguration<KeyRotation>
{
    public void Configure(EntityTypeBuilder<KeyRotation> builder)
    {
        builder.ToTable("KeyRotations");
        builder.HasKey(r => r.Version);
        builder.Property(r => r.Version).ValueGeneratedNever();
        builder.Property(r => r.Phase).HasConversion<string>().HasMaxLength(20);
        builder.Property(r => r.Table).HasMaxLength(60);
        builder.Property(r => r.Cursor).HasMaxLength(100);
        builder.Property(r => r.Fault).HasMaxLength(200);
    }
}

internal sealed class PersonSecretMapping : IEntityTypeConfiguration<PersonSecret>
{
    public void Configure(EntityTypeBuilder<PersonSecret> builder)
    {
        builder.ToTable("PersonSecrets");
        builder.HasKey(s => s.PersonId);
        builder.Property(s => s.PersonId).ValueGeneratedNever();
    }
}
