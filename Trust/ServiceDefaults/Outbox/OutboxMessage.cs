using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace Yinxin.ServiceDefaults.Outbox;

/// <summary>Something another system must be told, stored in the transaction that made it true. Delivered at least once; receivers recognise <see cref="IdempotencyKey"/>.</summary>
public sealed class OutboxMessage
{
    public Guid Id { get; private set; }

    /// <summary>Which handler delivers it.</summary>
    public string Kind { get; private set; } = "";

    /// <summary>JSON for the handler.</summary>
    public string Payload { get; private set; } = "";

    public string IdempotencyKey { get; private set; } = "";

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset DueAt { get; internal set; }

    public DateTimeOffset? DeliveredAt { get; internal set; }

    public int Attempts { get; internal set; }

    /// <summary>What the last attempt met; no personal data.</summary>
    public string? LastError { get; internal set; }

    /// <param name="kind">Which handler delivers it.</param>
    /// <param name="payload">What the handler needs, kept as JSON.</param>
    /// <param name="idempotencyKey">One message of a kind for each key.</param>
    /// <param name="now">When it was made.</param>
    /// <param name="after">How long to wait before the first attempt.</param>
    public static OutboxMessage Create(string kind, object payload, string idempotencyKey, DateTimeOffset now, TimeSpan after = default) => new()
    {
        Id = Guid.CreateVersion7(now),
        Kind = kind,
        Payload = JsonSerializer.Serialize(payload, JsonSerializerOptions.Web),
        IdempotencyKey = idempotencyKey,
        CreatedAt = now,
        DueAt = now + after,
    };

    public T Read<T>() => JsonSerializer.Deserialize<T>(Payload, JsonSerializerOptions.Web) ?? throw new JsonException($"Outbox message {Id} is empty.");
}

/// <summary>Nothing went wrong, but the message's work is not done yet: the handler wants to be called again.</summary>
/// <param name="after">How long to wait.</param>
public sealed class NotYetException(TimeSpan after) : Exception("The work is not done yet.")
{
    public TimeSpan After { get; } = after;
}

/// <summary>Delivers the messages of one kind. Throwing means: not delivered, try again later; <see cref="NotYetException"/> says when.</summary>
public interface IOutboxHandler
{
    string Kind { get; }

    Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken);
}

/// <summary>The outbox table in an app's model.</summary>
public static class OutboxModel
{
    public static ModelBuilder AddOutbox(this ModelBuilder model) => model.Entity<OutboxMessage>(message =>
    {
        message.ToTable("OutboxMessages");
        message.HasKey(m => m.Id);
        message.Property(m => m.Kind).HasMaxLength(100);
        message.Property(m => m.IdempotencyKey).HasMaxLength(200);
        message.HasIndex(m => new { m.Kind, m.IdempotencyKey }).IsUnique();
        message.HasIndex(m => new { m.DeliveredAt, m.DueAt });
    });
}
