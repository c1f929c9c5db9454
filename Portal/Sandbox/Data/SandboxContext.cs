using Microsoft.EntityFrameworkCore;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Sandbox.Data;

/// <summary>The payment channel's orders and what changed in the registers: a restart loses neither.</summary>
internal abstract class SandboxContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<ChannelOrder> Orders => Set<ChannelOrder>();

    public DbSet<RegisterChange> Changes => Set<RegisterChange>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => configurationBuilder.UseUtcTimes();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddOutbox();
        modelBuilder.Entity<RegisterChange>(change =>
        {
            change.ToTable("RegisterChanges");
            change.HasKey(c => c.Number);
            change.HasIndex(c => c.Id).IsUnique();
            change.HasIndex(c => new { c.Authority, c.Number });
        });
        modelBuilder.Entity<ChannelOrder>(order =>
        {
            order.HasKey(o => o.OrderNumber);
            order.Property(o => o.OrderNumber).HasMaxLength(40);
            order.HasIndex(o => new { o.Merchant, o.MerchantOrder }).IsUnique();
        });
    }
}

internal sealed class SqliteSandboxContext(DbContextOptions<SqliteSandboxContext> options) : SandboxContext(options);

internal sealed class PostgresSandboxContext(DbContextOptions<PostgresSandboxContext> options) : SandboxContext(options);

internal sealed class SqliteFactory() : SqliteDesignTimeFactory<SqliteSandboxContext>(o => new SqliteSandboxContext(o));

internal sealed class PostgresFactory() : PostgresDesignTimeFactory<PostgresSandboxContext>(o => new PostgresSandboxContext(o));

/// <summary>An order at the channel.</summary>
internal sealed class ChannelOrder
{
    public string OrderNumber { get; set; } = "";

    public string Merchant { get; set; } = "";

    public string MerchantOrder { get; set; } = "";

    /// <summary>In fen.</summary>
    public long Amount { get; set; }

    public string Subject { get; set; } = "";

    public string NotifyUrl { get; set; } = "";

    public string ReturnUrl { get; set; } = "";

    /// <summary><c>open</c>, <c>paid</c>, <c>failed</c>, <c>cancelled</c>, <c>refunded</c>.</summary>
    public string State { get; set; } = "open";

    public string? TransactionNumber { get; set; }

    public long Refunded { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? PaidAt { get; set; }
}
