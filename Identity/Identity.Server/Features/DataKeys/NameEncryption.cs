using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.DataKeys;

/// <summary>
/// Persons of a release that kept names in the clear get a secret, and name, ID number and phone are encrypted with it: some rows at a time, while the server works; after a kill it goes
/// on, because a row that is done is no longer found.
/// </summary>
internal sealed class NameEncryption(IServiceScopeFactory scopes, TimeProvider time, ILogger<NameEncryption> log) : BackgroundService
{
    private const int RowsAtOnce = 200;

    /// <summary>Nodes of the earlier release may still be at work beside this one.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var done = 0;
            try
            {
                done = await StepAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.LogError(e, "Some names could not be encrypted; it is tried again in {Interval}", LookAgain);
            }

            if (done == 0)
            {
                await Task.Delay(LookAgain, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<int> StepAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        var personal = scope.ServiceProvider.GetRequiredService<PersonalData>();
        var secrets = scope.ServiceProvider.GetRequiredService<PersonSecrets>();
        if (!await database.Persons.AnyAsync(p => p.ClearName != "", cancellationToken))
        {
            return 0;
        }

        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await ServiceDefaults.Audit.AuditChain.TakeTurnAsync(database, cancellationToken);
        var rows = await database.Persons.AsNoTracking().Where(p => p.ClearName != "").OrderBy(p => p.Id).Take(RowsAtOnce).ToListAsync(cancellationToken);
        var keys = rows.ConvertAll(p => p.Id);
        var have = await database.PersonSecrets.AsNoTracking().Where(s => keys.Contains(s.PersonId)).ToListAsync(cancellationToken);
        have.ForEach(secrets.Remember);
        database.PersonSecrets.AddRange(keys.Except(have.Select(s => s.PersonId)).Select(personal.NewSecret));
        await database.SaveChangesAsync(cancellationToken);
        foreach (var person in rows)
        {
            var (id, wasClear, wasNumber, wasPhone) = (person.Id, person.ClearName, person.IdNumberCipher, person.PhoneCipher);
            var name = personal.ProtectFor(id, Purposes.Name, wasClear);
            var number = personal.ProtectFor(id, Purposes.IdNumber, personal.Unprotect(Purposes.IdNumber, wasNumber));
            var phone = personal.ProtectFor(id, Purposes.Phone, personal.Unprotect(Purposes.Phone, wasPhone));
            // A row that changed meanwhile is found again.
            await database.Persons.Where(p => p.Id == id && p.ClearName == wasClear && p.IdNumberCipher == wasNumber && p.PhoneCipher == wasPhone).ExecuteUpdateAsync(
                set => set.SetProperty(p => p.NameCipher, name).SetProperty(p => p.ClearName, "").SetProperty(p => p.IdNumberCipher, number).SetProperty(p => p.PhoneCipher, phone),
                cancellationToken);
        }

        await transaction.CommitAsync(CancellationToken.None);
        return rows.Count;
    }
}
