using Microsoft.EntityFrameworkCore;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Idempotency;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Payment.Data;

/// <summary>Payment notices (缴款通知书) with their lines, and what did not fit.</summary>
internal abstract class PaymentContext(DbContextOptions options) : AuditedContext(options)
{
    public DbSet<BillRecord> Bills => Set<BillRecord>();

    public DbSet<PaymentException> Exceptions => Set<PaymentException>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => configurationBuilder.UseUtcTimes();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddAudit();
        modelBuilder.AddIdempotency();
        modelBuilder.AddOutbox();
        modelBuilder.Entity<BillRecord>(bill =>
        {
            bill.HasKey(b => b.BillNumber);
            bill.Property(b => b.BillNumber).HasMaxLength(40);
            bill.Property(b => b.State).HasMaxLength(20);
            bill.Property(b => b.Version).IsConcurrencyToken();
            bill.HasIndex(b => b.CaseNumber).IsUnique();
            bill.HasIndex(b => b.PaymentCode).IsUnique();
            bill.HasIndex(b => new { b.PayerSubject, b.IssuedAt });
            bill.HasIndex(b => new { b.PayerOrganisation, b.IssuedAt });
        });
        modelBuilder.Entity<PaymentException>(exception =>
        {
            exception.ToTable("PaymentExceptions");
            exception.HasKey(e => e.Id);
        });
    }
}

internal sealed class SqlitePaymentContext(DbContextOptions<SqlitePaymentContext> options) : PaymentContext(options);

internal sealed class PostgresPaymentContext(DbContextOptions<PostgresPaymentContext> options) : PaymentContext(options);

internal sealed class SqliteFactory() : SqliteDesignTimeFactory<SqlitePaymentContext>(o => new SqlitePaymentContext(o));

internal sealed class PostgresFactory() : PostgresDesignTimeFactory<PostgresPaymentContext>(o => new PostgresPaymentContext(o));

/// <summary>A payment notice; after the channel's signed word the same slip is the receipt.</summary>
internal sealed class BillRecord
{
    public string BillNumber { get; set; } = "";

    /// <summary>缴款码: twenty digits that the payer takes to any channel.</summary>
    public string PaymentCode { get; set; } = "";

    public string CaseNumber { get; set; } = "";

    public string PayerSubject { get; set; } = "";

    public string? PayerOrganisation { get; set; }

    public string PayerName { get; set; } = "";

    public string BodyUscc { get; set; } = "";

    public string BodyName { get; set; } = "";

    /// <summary>JSON of the lines.</summary>
    public string Lines { get; set; } = "[]";

    /// <summary>In fen: money is never a binary fraction.</summary>
    public long TotalFen { get; set; }

    public string ReturnUrl { get; set; } = "";

    /// <summary><c>Issued</c>, <c>Paid</c>, <c>Cancelled</c>; expiry follows from <see cref="ValidUntil"/>.</summary>
    public string State { get; set; } = "Issued";

    /// <summary>The channel's number of the latest attempt.</summary>
    public string? ChannelOrder { get; set; }

    /// <summary>How often the payer began to pay: a failed order is never reopened, the next attempt is an order of its own.</summary>
    public int Attempt { get; set; }

    public string? TransactionNumber { get; set; }

    public DateTimeOffset IssuedAt { get; set; }

    public DateTimeOffset ValidUntil { get; set; }

    public DateTimeOffset? PaidAt { get; set; }

    public int Version { get; set; }
}

/// <summary>Money or a message that fits no bill: kept for a person to look at, never lost and never refunded by itself.</summary>
internal sealed class PaymentException
{
    public Guid Id { get; set; }

    public string Kind { get; set; } = "";

    public string? BillNumber { get; set; }

    public string? ChannelOrder { get; set; }

    public string? TransactionNumber { get; set; }

    public long AmountFen { get; set; }

    public DateTimeOffset At { get; set; }
}
