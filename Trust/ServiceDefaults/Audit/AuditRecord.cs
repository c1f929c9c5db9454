using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace Yinxin.ServiceDefaults.Audit;

/// <summary>What happened: who did what to whom, from where, with which result.</summary>
/// <param name="Action">Dotted name, e.g. <c>account.registered</c>.</param>
/// <param name="SubjectId">The account, case, seal … concerned.</param>
/// <param name="ActorId">The account or client that acted.</param>
/// <param name="ActorName">A name for people; no ID number.</param>
/// <param name="Details">Further facts, without secrets and without personal data in the clear.</param>
/// <param name="Result"><c>ok</c> or a problem code.</param>
public sealed record AuditEntry(string Action, string? SubjectId, string? ActorId, string? ActorName = null, object? Details = null, string Result = "ok")
{
    /// <summary>Where the request came from and its trace; for an entry that is written after the request, with others. By default the current request's.</summary>
    public (string? Address, string? TraceId)? Origin { get; init; }
}

/// <summary>One link of the chain; never updated, never deleted.</summary>
public sealed class AuditRecord
{
    public long Sequence { get; internal set; }

    public DateTimeOffset At { get; internal set; }

    public string Action { get; internal set; } = "";

    public string? SubjectId { get; internal set; }

    public string? ActorId { get; internal set; }

    public string? ActorName { get; internal set; }

    public string? Address { get; internal set; }

    public string? TraceId { get; internal set; }

    public string Result { get; internal set; } = "";

    public string? Details { get; internal set; }

    /// <summary>Hash of the record before; 64 zeros for the first.</summary>
    public string PreviousHash { get; internal set; } = "";

    public string Hash { get; internal set; } = "";

    internal const string FirstPreviousHash = "0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>SHA-256 over a JSON array of all other fields: no two field splits give the same bytes.</summary>
    internal string ComputeHash() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(
        new object?[] { Sequence, At.UtcTicks / 10, Action, SubjectId, ActorId, ActorName, Address, TraceId, Result, Details, PreviousHash }))));
}

/// <summary>The audit table in an app's model.</summary>
public static class AuditModel
{
    public static ModelBuilder AddAudit(this ModelBuilder model) => model.Entity<AuditRecord>(record =>
    {
        record.ToTable("AuditRecords");
        record.HasKey(r => r.Sequence);
        record.Property(r => r.Sequence).ValueGeneratedNever();
        record.Property(r => r.Action).HasMaxLength(100);
        record.Property(r => r.Hash).HasMaxLength(64);
        record.Property(r => r.PreviousHash).HasMaxLength(64);
        record.HasIndex(r => r.SubjectId);
        record.HasIndex(r => r.PreviousHash).IsUnique();
    });
}
