using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
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
        services.AddSingleton<IInterceptor, AuditChain>();
        services.AddScoped<AuditVerifier>(provider => new AuditVerifier(provider.GetRequiredService<TContext>()));
        return services;
    }
}

internal sealed class AuditTrail<TContext>(TContext context, IHttpContextAccessor http, TimeProvider time) : IAuditTrail
    where TContext : DbContext
{
    public void Add(AuditEntry entry)
    {
        var now = time.GetUtcNow();
        context.Add(new AuditRecord
        {
            // Provisional: AuditChain gives the place in the chain when the change is saved.
            Sequence = -context.ChangeTracker.Entries<AuditRecord>().Count() - 1,
            At = new DateTimeOffset(now.Ticks - (now.Ticks % 10), TimeSpan.Zero),
            Action = entry.Action,
            SubjectId = entry.SubjectId,
            ActorId = entry.ActorId,
            ActorName = entry.ActorName,
            Address = http.HttpContext?.Connection.RemoteIpAddress?.ToString(),
            TraceId = Activity.Current?.TraceId.ToString(),
            Result = entry.Result,
            Details = entry.Details is null ? null : JsonSerializer.Serialize(entry.Details, JsonSerializerOptions.Web),
        });
    }
}

/// <summary>
/// Links new records to the chain inside the transaction that stores them. Two writers that read the same last record
/// collide on the unique previous hash: the second one's whole change fails and is tried again by its caller, so the chain never forks.
/// A process-wide lock makes that rare.
/// </summary>
internal sealed class AuditChain : SaveChangesInterceptor, IDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);

    public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        var context = eventData.Context!;
        var added = Added(context);
        if (added.Count > 0)
        {
            await turn.WaitAsync(cancellationToken);
            contexts.AddOrUpdate(context, new Holder());
            try
            {
                var last = await context.Set<AuditRecord>().AsNoTracking().OrderByDescending(r => r.Sequence).FirstOrDefaultAsync(cancellationToken);
                Link(context, added, last);
            }
            catch
            {
                Release(context);
                throw;
            }
        }

        return result;
    }

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        var context = eventData.Context!;
        var added = Added(context);
        if (added.Count > 0)
        {
            turn.Wait();
            contexts.AddOrUpdate(context, new Holder());
            try
            {
                Link(context, added, context.Set<AuditRecord>().AsNoTracking().OrderByDescending(r => r.Sequence).FirstOrDefault());
            }
            catch
            {
                Release(context);
                throw;
            }
        }

        return result;
    }

    public override ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        Release(eventData.Context!);
        return ValueTask.FromResult(result);
    }

    public override int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        Release(eventData.Context!);
        return result;
    }

    public override Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        Release(eventData.Context!);
        return Task.CompletedTask;
    }

    public override void SaveChangesFailed(DbContextErrorEventData eventData) => Release(eventData.Context!);

    public override Task SaveChangesCanceledAsync(DbContextEventData eventData, CancellationToken cancellationToken = default)
    {
        Release(eventData.Context!);
        return Task.CompletedTask;
    }

    public override void SaveChangesCanceled(DbContextEventData eventData) => Release(eventData.Context!);

    private readonly System.Runtime.CompilerServices.ConditionalWeakTable<DbContext, Holder> contexts = [];

    private void Release(DbContext context)
    {
        if (contexts.Remove(context))
        {
            turn.Release();
        }
    }

    private static List<AuditRecord> Added(DbContext context) =>
        [.. context.ChangeTracker.Entries<AuditRecord>().Where(e => e.State == EntityState.Added).Select(e => e.Entity)];

    private static void Link(DbContext context, List<AuditRecord> added, AuditRecord? last)
    {
        var sequence = last?.Sequence ?? 0;
        var previous = last?.Hash ?? AuditRecord.FirstPreviousHash;
        foreach (var record in added)
        {
            // A key cannot be changed on a tracked entity: take it out, number it, put it back.
            context.Entry(record).State = EntityState.Detached;
            record.Sequence = ++sequence;
            record.PreviousHash = previous;
            record.Hash = previous = record.ComputeHash();
            context.Add(record);
        }
    }

    public void Dispose() => turn.Dispose();

    private sealed class Holder;
}
