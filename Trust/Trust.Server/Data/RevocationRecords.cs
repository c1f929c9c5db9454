using Microsoft.EntityFrameworkCore;

namespace Yinxin.Trust.Server.Data;

/// <summary>One row for each CA. Whoever changes a status or publishes a list updates it first: the row's lock gives the changes of one CA one order, on however many nodes.</summary>
internal sealed class RevocationState
{
    public string Authority { get; set; } = "";

    /// <summary>Changes of status so far; the number of the last <see cref="RevocationEvent"/>.</summary>
    public long Changes { get; set; }

    /// <summary>The last CRL number given out.</summary>
    public long ListNumber { get; set; }
}

/// <summary>A change of a certificate's status; never updated.</summary>
internal sealed class RevocationEvent
{
    public string Authority { get; set; } = "";

    /// <summary>1, 2, 3 … for each authority.</summary>
    public long Sequence { get; set; }

    public string Serial { get; set; } = "";

    /// <summary>What the certificate became.</summary>
    public CertificateStatus Status { get; set; }

    public int Reason { get; set; }

    public DateTimeOffset? InvalidityDate { get; set; }

    /// <summary>The client that asked.</summary>
    public string Actor { get; set; } = "";

    public DateTimeOffset At { get; set; }
}

/// <summary>A CRL as it was signed.</summary>
internal sealed class PublishedList
{
    public string Authority { get; set; } = "";

    /// <summary>0: all of the authority's certificates.</summary>
    public int Partition { get; set; }

    public bool Delta { get; set; }

    public long Number { get; set; }

    /// <summary>The last <see cref="RevocationEvent"/> that it knows of.</summary>
    public long Changes { get; set; }

    public DateTimeOffset ThisUpdate { get; set; }

    public DateTimeOffset NextUpdate { get; set; }

    /// <summary>Made because its time had come. Only after such a list may an entry of an expired certificate leave (RFC 5280 §5).</summary>
    public bool Scheduled { get; set; }

    public byte[] Der { get; set; } = [];
}

/// <summary>A key that answers OCSP requests in a CA's name, and the certificate by which the CA appointed it.</summary>
internal sealed class OcspResponderRecord
{
    public string Authority { get; set; } = "";

    /// <summary>Of its certificate; hex, lower case.</summary>
    public string Serial { get; set; } = "";

    public byte[] Certificate { get; set; } = [];

    /// <summary>As in <see cref="AuthorityRecord"/>.</summary>
    public byte[] EncryptedKey { get; set; } = [];

    public DateTimeOffset NotAfter { get; set; }
}

/// <summary>The tables of revocation in the model.</summary>
internal static class RevocationModel
{
    public static void AddRevocation(this ModelBuilder model)
    {
        model.Entity<RevocationState>(state =>
        {
            state.ToTable("RevocationStates");
            state.HasKey(s => s.Authority);
            state.Property(s => s.Authority).HasMaxLength(60);
        });
        model.Entity<RevocationEvent>(change =>
        {
            change.ToTable("RevocationEvents");
            change.HasKey(e => new { e.Authority, e.Sequence });
            change.Property(e => e.Authority).HasMaxLength(60);
            change.Property(e => e.Serial).HasMaxLength(40);
            change.Property(e => e.Status).HasConversion<string>().HasMaxLength(10);
            change.HasIndex(e => new { e.Authority, e.Serial });
        });
        model.Entity<PublishedList>(list =>
        {
            list.ToTable("PublishedLists");
            list.HasKey(l => new { l.Authority, l.Partition, l.Delta, l.Number });
            list.Property(l => l.Authority).HasMaxLength(60);
        });
        model.Entity<OcspResponderRecord>(responder =>
        {
            responder.ToTable("OcspResponders");
            responder.HasKey(r => new { r.Authority, r.Serial });
            responder.Property(r => r.Authority).HasMaxLength(60);
            responder.Property(r => r.Serial).HasMaxLength(40);
        });
    }
}
