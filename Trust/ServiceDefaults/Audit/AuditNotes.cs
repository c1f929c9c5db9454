using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Yinxin.ServiceDefaults.Audit;

/// <summary>Adds a record to a context directly, for code that runs while the context saves and has no scope of its own.</summary>
public static class AuditNotes
{
    private static long provisional;

    /// <param name="context">The context whose next save stores it.</param>
    /// <param name="entry">What happened.</param>
    /// <param name="http">Tells address and trace; null outside of requests.</param>
    /// <param name="time">The clock.</param>
    public static void Add(DbContext context, AuditEntry entry, IHttpContextAccessor? http, TimeProvider time)
    {
        var now = time.GetUtcNow();
        context.Add(new AuditRecord
        {
            // Provisional: AuditChain gives the place in the chain when the change is saved.
            Sequence = Interlocked.Decrement(ref provisional),
            At = new DateTimeOffset(now.Ticks - (now.Ticks % 10), TimeSpan.Zero),
            Action = entry.Action,
            SubjectId = entry.SubjectId,
            ActorId = entry.ActorId,
            ActorName = entry.ActorName,
            Address = entry.Origin is { } origin ? origin.Address : http?.HttpContext?.Connection.RemoteIpAddress?.ToString(),
            TraceId = entry.Origin is { } trace ? trace.TraceId : Activity.Current?.TraceId.ToString(),
            Result = entry.Result,
            Details = entry.Details is null ? null : JsonSerializer.Serialize(entry.Details, JsonSerializerOptions.Web),
        });
    }
}
