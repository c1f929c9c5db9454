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
        context.Add(new AuditRecord
        {
            // Provisional: AuditChain gives the place in the chain when the change is saved.
            Sequence = Interlocked.Decrement(ref provisional),
            At = Kept(time.GetUtcNow()),
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

    /// <summary>A moment without what a database would not keep (below a microsecond), or the hash would not be found again.</summary>
    internal static DateTimeOffset Kept(DateTimeOffset moment) => new(moment.UtcTicks - (moment.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
