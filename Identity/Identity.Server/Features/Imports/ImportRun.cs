using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Imports;

/// <summary>Reads one file from where the import stands, batch by batch.</summary>
internal sealed class ImportRun(IdentityContext database, IServiceScopeFactory scopes, IAuditTrail audit, TimeProvider time)
{
    /// <summary>Finds the import or begins it. What a client began only that client goes on with; an official may with anybody's, and each batch says who sent it.</summary>
    public async Task<Import> BeginAsync(Guid id, string source, ImportSender sender, CancellationToken cancellationToken)
    {
        var known = await database.Imports.AsNoTracking().FirstOrDefaultAsync(i => i.Id == id, cancellationToken);
        if (known is not null)
        {
            return known.Source != source ? throw ImportProblems.OtherSource.Exception()
                : !sender.MayResume(known) ? throw ImportProblems.OtherSender.Exception()
                : known.WithdrawnAt is null ? known : throw ImportProblems.Withdrawn.Exception();
        }

        var now = time.GetUtcNow();
        var import = new Import { Id = id, Source = source, StartedBy = sender.Key, StartedAt = now, ChangedAt = now };
        database.Imports.Add(import);
        audit.Add(new AuditEntry("import.begin", id.ToString(), sender.Key, Details: new { source }));
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            throw ImportProblems.Running.Exception();
        }

        return import;
    }

    public async Task<Import> ReadAsync(Import import, IAsyncEnumerable<ReadRow> rows, ImportSender sender, CancellationToken cancellationToken)
    {
        var (committed, digest, place) = (import.Rows, "", 0L);
        var batch = new List<ReadRow>(ImportBatch.RowsAtOnce);
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            digest = Chain(digest, row.Text);
            if (++place <= committed)
            {
                // Sent before: only compared.
                if (place == committed && digest != import.Digest)
                {
                    throw ImportProblems.OtherFile.Exception();
                }

                continue;
            }

            batch.Add(row);
            if (batch.Count == ImportBatch.RowsAtOnce)
            {
                import = await CommitAsync(import, batch, digest, sender, cancellationToken);
                batch.Clear();
            }
        }

        if (place < committed)
        {
            throw ImportProblems.OtherFile.Exception();
        }

        if (batch.Count > 0)
        {
            import = await CommitAsync(import, batch, digest, sender, cancellationToken);
        }

        var now = time.GetUtcNow();
        var ended = await database.Imports.Where(i => i.Id == import.Id && i.EndedAt == null && i.WithdrawnAt == null).ExecuteUpdateAsync(i => i.SetProperty(x => x.EndedAt, now), cancellationToken);
        if (ended == 0 && await IsWithdrawnAsync(import.Id, cancellationToken))
        {
            throw ImportProblems.Withdrawn.Exception();
        }

        import.EndedAt ??= now;
        return import;
    }

    private async Task<Import> CommitAsync(Import import, List<ReadRow> batch, string digest, ImportSender sender, CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            if (await scope.ServiceProvider.GetRequiredService<ImportBatch>().CommitAsync(import, batch, digest, sender.Key, cancellationToken) is { } next)
            {
                return next;
            }
        }
        catch (DbUpdateException) when (batch.Count > 1)
        {
            // One of them registered in this very moment: row by row finds it, and finds it taken.
            var so = import.Digest;
            foreach (var row in batch)
            {
                so = Chain(so, row.Text);
                import = await CommitAsync(import, [row], so, sender, cancellationToken);
            }

            return import;
        }

        throw (await IsWithdrawnAsync(import.Id, cancellationToken) ? ImportProblems.Withdrawn : ImportProblems.Running).Exception();
    }

    private Task<bool> IsWithdrawnAsync(Guid id, CancellationToken cancellationToken) => database.Imports.AnyAsync(i => i.Id == id && i.WithdrawnAt != null, cancellationToken);

    private static string Chain(string before, string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(before + text)));
}
