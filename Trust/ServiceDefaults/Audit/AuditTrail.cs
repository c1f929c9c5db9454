using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Yinxin.ServiceDefaults.Audit;

/// <summary>Notes what happened; written with the caller's next <c>SaveChanges</c>, or not at all when that fails.</summary>
public interface IAuditTrail
{
    void Add(AuditEntry entry);
}

/// <summary>Registers the audit trail of a context.</summary>
public static class AuditServices
{
    public static IServiceCollection AddAudit<TContext>(this IServiceCollection services)
        where TContext : DbContext
    {
        services.AddScoped<IAuditTrail, AuditTrail<TContext>>();
        services.AddScoped<AuditVerifier>(provider => new AuditVerifier(provider.GetRequiredService<TContext>()));
        return services;
    }
}

internal sealed class AuditTrail<TContext>(TContext context, IHttpContextAccessor http, TimeProvider time) : IAuditTrail
    where TContext : DbContext
{
    private long provisional;

    public void Add(AuditEntry entry)
    {
        var now = time.GetUtcNow();
        context.Add(new AuditRecord
        {
            // Provisional: AuditChain gives the place in the chain when the change is saved.
            Sequence = --provisional,
            At = new DateTimeOffset(now.Ticks - (now.Ticks % 10), TimeSpan.Zero),
            Action = entry.Action,
            SubjectId = entry.SubjectId,
            ActorId = entry.ActorId,
            ActorName = entry.ActorName,
            Address = entry.Origin is { } origin ? origin.Address : http.HttpContext?.Connection.RemoteIpAddress?.ToString(),
            TraceId = entry.Origin is { } trace ? trace.TraceId : Activity.Current?.TraceId.ToString(),
            Result = entry.Result,
            Details = entry.Details is null ? null : JsonSerializer.Serialize(entry.Details, JsonSerializerOptions.Web),
        });
    }
}
