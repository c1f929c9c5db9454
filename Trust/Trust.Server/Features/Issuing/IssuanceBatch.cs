using System.Threading.Channels;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Log;

namespace Yinxin.Trust.Server.Features.Issuing;

/// <summary>
/// Stores what is signed while the last transaction runs in the next: one commit for many certificates, each with its audit record and its place in the
/// message to the log. Who waits for a certificate gets it after the commit and not before: a certificate that nobody can revoke must not exist.
/// </summary>
internal sealed class IssuanceBatch(IServiceScopeFactory scopes, TimeProvider time, ILogger<IssuanceBatch> log) : BackgroundService
{
    /// <summary>Certificates in one transaction.</summary>
    private const int Most = 256;

    private readonly Channel<Waiting> queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(4 * Most) { SingleReader = true });

    /// <summary>Returns once the certificate is durable.</summary>
    public async Task StoreAsync(SignedCertificate signed, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(signed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await queue.Writer.WriteAsync(waiting, cancellationToken);
        await waiting.Stored.Task.WaitAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await queue.Reader.WaitToReadAsync(stoppingToken))
            {
                var batch = new List<Waiting>();
                while (batch.Count < Most && queue.Reader.TryRead(out var next))
                {
                    batch.Add(next);
                }

                await StoreAsync(batch, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            queue.Writer.TryComplete();
            while (queue.Reader.TryRead(out var left))
            {
                left.Stored.TrySetCanceled(stoppingToken);
            }
        }
    }

    private async Task StoreAsync(List<Waiting> batch, CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var database = scope.ServiceProvider.GetRequiredService<TrustContext>();
            var audit = scope.ServiceProvider.GetRequiredService<IAuditTrail>();
            database.ChangeTracker.AutoDetectChangesEnabled = false;
            foreach (var (signed, _) in batch)
            {
                database.Add(signed.Record);
                audit.Add(signed.Audit);
            }

            var events = new LoggedBatch([.. batch.Select(w => new LoggedBatch.Keyed(w.Signed.Event.Key, w.Signed.Event.Event))]);
            database.Add(OutboxMessage.Create(LoggedBatch.MessageKind, events, batch[0].Signed.Event.Key, time.GetUtcNow()));
            await database.SaveChangesAsync(cancellationToken);
            batch.ForEach(w => w.Stored.TrySetResult());
        }
        catch (Exception e)
        {
            log.LogError(e, "{Count} certificates could not be stored; they are not handed out", batch.Count);
            batch.ForEach(w => w.Stored.TrySetException(e));
        }
    }

    private sealed record Waiting(SignedCertificate Signed, TaskCompletionSource Stored);
}
