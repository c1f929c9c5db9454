using Microsoft.EntityFrameworkCore;

namespace Yinxin.Trust.Server.Data;

/// <summary>A policy as this node last found it in force.</summary>
internal sealed class PolicyRecord
{
    /// <summary>E.g. <c>profiles/tls.json</c>.</summary>
    public string Name { get; set; } = "";

    /// <summary>SHA-256 of its bytes, hex.</summary>
    public string Digest { get; set; } = "";

    /// <summary>Counts its changes, from 1; with the name it names the change in the log.</summary>
    public int Version { get; set; }

    public DateTimeOffset Since { get; set; }
}

internal static class PolicyModel
{
    public static ModelBuilder AddPolicies(this ModelBuilder model) => model.Entity<PolicyRecord>(policy =>
    {
        policy.ToTable("Policies");
        policy.HasKey(p => p.Name);
        policy.Property(p => p.Name).HasMaxLength(100);
        policy.Property(p => p.Digest).HasMaxLength(64);
        policy.Property(p => p.Version).IsConcurrencyToken();
    });
}
