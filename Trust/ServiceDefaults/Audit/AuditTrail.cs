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
        services.AddHostedService<AuditHeadKeeping<TContext>>();
        services.AddScoped<AuditVerifier>(provider => new AuditVerifier(provider.GetRequiredService<TContext>()));
        return services;
    }
}

internal sealed class AuditTrail<TContext>(TContext context, IHttpContextAccessor http, TimeProvider time) : IAuditTrail
    where TContext : DbContext
{
    public void Add(AuditEntry entry) => AuditNotes.Add(context, entry, http, time);
}
