using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.DataKeys;

/// <summary>
/// Persons of a release that kept names in the clear get a secret, and name, ID number and phone are encrypted with it: some rows at a time, while the server works; after a kill it goes
/// on, because a row that is done is no longer found. Names that are encrypted but cannot be searched for yet get their index.
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
            return await IndexAsync(database, personal, secrets, cancellationToken);
        }

        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await ServiceDefaults.Audit.AuditChain.TakeTurnAsync(database, cancellationToken);
        var rows = await database.Persons.AsNoTracking().Where(p => p.ClearName != "").OrderBy(p => p.Id).Take(RowsAtOnce).ToListAsync(cancellationToken);
        var keys = rows.ConvertAll(p => p.Id);
        var have = await database.PersonSecrets.AsNoTracking().Where(s => keys.Contains(s.PersonId)).ToListAsync(cancellationToken);
        have.ForEach(secrets.Remember);
        var made = keys.Except(have.Select(s => s.PersonId)).Select(PersonalData.NewSecret).ToList();
        var own = have.Concat(made).ToDictionary(s => s.PersonId);
        database.PersonSecrets.AddRange(made);
        await database.SaveChangesAsync(cancellationToken);
        foreach (var person in rows)
        {
            var (id, wasClear, wasNumber, wasPhone) = (person.Id, person.ClearName, person.IdNumberCipher, person.PhoneCipher);
            var name = personal.ProtectWith(own[id], Purposes.Name, wasClear);
            var nameIndex = personal.NewestIndex(Purposes.Name, PersonNames.Normalise(wasClear));
            // What does not open stays as it is: one damaged row must not keep the names of all others in the clear.
            var number = Opened(personal, id, Purposes.IdNumber, wasNumber) is { } n ? personal.ProtectWith(own[id], Purposes.IdNumber, n) : wasNumber;
            var phone = Opened(personal, id, Purposes.Phone, wasPhone) is { } p ? personal.ProtectWith(own[id], Purposes.Phone, p) : wasPhone;
            // A row that changed meanwhile is found again.
            await database.Persons.Where(row => row.Id == id && row.ClearName == wasClear && row.IdNumberCipher == wasNumber && row.PhoneCipher == wasPhone).ExecuteUpdateAsync(
                set => set.SetProperty(row => row.NameCipher, name).SetProperty(row => row.NameIndex, nameIndex).SetProperty(row => row.ClearName, "").SetProperty(row => row.IdNumberCipher, number).SetProperty(row => row.PhoneCipher, phone),
                cancellationToken);
        }

        await transaction.CommitAsync(CancellationToken.None);
        made.ForEach(secrets.Remember);
        return rows.Count;
    }

    private string? Opened(PersonalData personal, Guid person, string purpose, string cipher)
    {
        try
        {
            return personal.Unprotect(purpose, cipher);
        }
        catch (Exception e) when (e is System.Security.Cryptography.CryptographicException or FormatException)
        {
            log.LogError(e, "The {Purpose} of {Person} does not open", purpose, person);
            return null;
        }
    }

    /// <summary>Names that an earlier release encrypted without an index by which they are found. In the audit's turn, as every index is written.</summary>
    private async Task<int> IndexAsync(IdentityContext database, PersonalData personal, PersonSecrets secrets, CancellationToken cancellationToken)
    {
        if (!await database.Persons.AnyAsync(p => p.NameIndex == null, cancellationToken))
        {
            return 0;
        }

        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await ServiceDefaults.Audit.AuditChain.TakeTurnAsync(database, cancellationToken);
        var rows = await database.Persons.AsNoTracking().Where(p => p.NameIndex == null).OrderBy(p => p.Id).Take(RowsAtOnce).ToListAsync(cancellationToken);
        await secrets.FetchAsync(database, rows.ConvertAll(p => p.Id), cancellationToken);
        foreach (var person in rows)
        {
            var (id, cipher) = (person.Id, person.NameCipher);
            // Without an index until a change of keys finds it mended.
            var index = cipher is { Length: > 0 } && Opened(personal, id, Purposes.Name, cipher) is { } name ? personal.NewestIndex(Purposes.Name, PersonNames.Normalise(name)) : "";
            await database.Persons.Where(p => p.Id == id && p.NameCipher == cipher).ExecuteUpdateAsync(set => set.SetProperty(p => p.NameIndex, index), cancellationToken);
        }

        await transaction.CommitAsync(CancellationToken.None);
        return rows.Count;
    }
}
