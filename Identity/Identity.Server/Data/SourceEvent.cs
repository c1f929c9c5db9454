using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>A change that an authority reported, by push or in its feed: done once, however often it is told.</summary>
internal sealed class SourceEvent
{
    /// <summary>Authority and its number of the event.</summary>
    public required string Id { get; set; }

    public required string Kind { get; set; }

    /// <summary>Keyed hash of the person's or organisation's number.</summary>
    public required string Subject { get; set; }

    /// <summary>Place in the authority's feed: what comes late is known by it.</summary>
    public long Number { get; set; }

    /// <summary>What came of it, e.g. <c>frozen</c>, <c>nobody</c>.</summary>
    public required string Outcome { get; set; }

    /// <summary><c>push</c> or <c>feed</c>, whichever told it first; <c>counter</c> for what an official entered.</summary>
    public required string Via { get; set; }

    public DateTimeOffset DoneAt { get; set; }
}

/// <summary>How far an authority's feed of changes has been read.</summary>
internal sealed class SourceCursor
{
    /// <summary>Name of the authority.</summary>
    public required string Authority { get; set; }

    /// <summary>The authority's own mark of the last change that was done.</summary>
    public long Position { get; set; }

    /// <summary>When the end of the feed was last reached.</summary>
    public DateTimeOffset? ReachedEndAt { get; set; }

    /// <summary>Of a walk through our own rows: the key of the last one that was done; null at the beginning.</summary>
    public Guid? Place { get; set; }

    /// <summary>The run that is at it now; null when none is.</summary>
    public Guid? HeldBy { get; set; }

    /// <summary>When that run's hold ends, should its node have died; when it stopped, if it did before the end.</summary>
    public DateTimeOffset? HeldUntil { get; set; }
}

internal sealed class SourceEventMapping : IEntityTypeConfiguration<SourceEvent>
{
    public void Configure(EntityTypeBuilder<SourceEvent> builder)
    {
        builder.ToTable("SourceEvents");
        builder.HasKey(e => e.Id);
        builder.Property(e => e.Id).HasMaxLength(120);
        builder.Property(e => e.Kind).HasMaxLength(60);
        builder.Property(e => e.Subject).HasMaxLength(100);
        builder.HasIndex(e => new { e.Subject, e.Kind, e.Number });
        builder.Property(e => e.Outcome).HasMaxLength(60);
        builder.Property(e => e.Via).HasMaxLength(20);
    }
}

internal sealed class SourceCursorMapping : IEntityTypeConfiguration<SourceCursor>
{
    public void Configure(EntityTypeBuilder<SourceCursor> builder)
    {
        builder.ToTable("SourceCursors");
        builder.HasKey(c => c.Authority);
        builder.Property(c => c.Authority).HasMaxLength(40);
    }
}
