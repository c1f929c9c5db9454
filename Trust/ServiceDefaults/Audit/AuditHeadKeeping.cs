using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.ServiceDefaults.Audit;

/// <summary>
/// Notes the end of the chain outside the database, every few seconds and at the end. It only ever goes forward: where the chain no longer leads to what was noted, the note stays as
/// it is and says so, to this log and to whoever verifies.
/// </summary>
internal sealed class AuditHeadKeeping<TContext>(IServiceScopeFactory scopes, IOptions<AppSettings> app, TimeProvider time, ILogger<AuditHeadKeeping<TContext>> log) : BackgroundService
    where TContext : DbContext
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Old = TimeSpan.FromHours(1);
    private string? told;

    private string FilePath => Path.Combine(app.Value.DataDirectory, AuditHead.FileName);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        RemoveLeftovers();
        while (!stoppingToken.IsCancellationRequested)
        {
            await TryAsync(stoppingToken);
            await Task.Delay(Between, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What a crash left half written beside the file. Not what another process may be writing in this moment.</summary>
    private void RemoveLeftovers()
    {
        try
        {
            foreach (var file in new DirectoryInfo(app.Value.DataDirectory).EnumerateFiles(AuditHead.FileName + "*")
                .Where(f => f.Name.StartsWith(AuditHead.FileName + ".", StringComparison.Ordinal) && f.LastWriteTimeUtc < time.GetUtcNow().UtcDateTime - Old))
            {
                file.Delete();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Tell(e.Message);
        }
    }

    private async Task TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            Tell(await KeepAsync(cancellationToken));
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception e) when (e is DbException or InvalidOperationException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Tell(e.Message);
        }
    }

    /// <summary>Once for each trouble, not every few seconds.</summary>
    private void Tell(string? trouble)
    {
        if (trouble is not null && trouble != told)
        {
            log.LogError("The end of the audit could not be noted: {Trouble}", trouble);
        }

        told = trouble;
    }

    /// <returns>What is wrong; null when all is well.</returns>
    private async Task<string?> KeepAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<TContext>();
        var records = context.Set<AuditRecord>().AsNoTracking();
        var name = context.Database.GetDbConnection().Database;
        var noted = AuditHead.Read(FilePath) is { } head && head.Database == name ? head : null;
        if (noted is not null && await records.Where(r => r.Sequence == noted.Sequence).Select(r => r.Hash).FirstOrDefaultAsync(cancellationToken) != noted.Hash)
        {
            return $"record {noted.Sequence}, noted at {noted.At:O}, is gone or another";
        }

        var last = await records.OrderByDescending(r => r.Sequence).Select(r => new { r.Sequence, r.Hash }).FirstOrDefaultAsync(cancellationToken);
        var from = noted?.Sequence ?? 0;
        if (last is not null && last.Sequence > from)
        {
            // Only along the chain: a record that somebody gave a number far ahead is not its end.
            if (await records.LongCountAsync(r => r.Sequence > from && r.Sequence <= last.Sequence, cancellationToken) != last.Sequence - from)
            {
                return $"records are missing between {from} and {last.Sequence}";
            }

            new AuditHead(name, last.Sequence, last.Hash, time.GetUtcNow()).Write(FilePath);
        }

        return null;
    }
}
