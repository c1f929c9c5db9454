using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Imports;

/// <summary>
/// Turns rows into accounts, all of a batch in one commit together with the place reached. A handful of queries for a batch, however many rows it has.
/// </summary>
internal sealed class ImportBatch(IdentityContext database, PersonalData personal, ImportRules rules, KnownAccounts accounts, ReportedPersons reports, IAuditTrail audit, TimeProvider time)
{
    public const int RowsAtOnce = 500;

    /// <summary>In the report: the row was taken, but not this evidence of it.</summary>
    private const string LeftOut = "evidence.leftOut";

    /// <param name="import">As it was before the batch; not changed.</param>
    /// <param name="rows">At most <see cref="RowsAtOnce"/>.</param>
    /// <param name="digest">The chain after the batch.</param>
    /// <param name="sender">Who sends it, which need not be who began it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null when another connection committed first, or the import was taken back.</returns>
    /// <exception cref="DbUpdateException">Somebody registered one of these persons meanwhile, an account that one of many rows leads to was changed, or something was reported of one.</exception>
    public async Task<Import?> CommitAsync(Import import, IReadOnlyList<ReadRow> rows, string digest, string sender, CancellationToken cancellationToken)
    {
        database.ChangeTracker.Clear();
        // Everything is added, nothing changed afterwards: looking through thousands of rows for changes would find none.
        database.ChangeTracker.AutoDetectChangesEnabled = false;
        var now = time.GetUtcNow();
        var candidates = new List<Candidate>(rows.Count);
        var rejections = new List<ImportRejection>();
        for (var i = 0; i < rows.Count; i++)
        {
            var number = import.Rows + i + 1;
            var (candidate, fault) = rows[i].Row is { } row ? rules.Check(number, row, now) : (null, rows[i].Fault);
            if (candidate is not null)
            {
                candidates.Add(candidate);
            }
            else
            {
                Reject(number, fault!);
            }
        }

        // One row alone is placed in the audit's turn, where nothing changes beside it; of many, the accounts that they lead to are looked at again there.
        await using var early = rows.Count == 1 ? await TakeTurnAsync(cancellationToken) : null;
        var leftOut = new List<ImportRejection>();
        var idNumbers = candidates.ConvertAll(c => c.IdNumber);
        var reported = await reports.OfAsync(idNumbers, cancellationToken);
        var (created, linked, known, standing, handed) = await PlaceAsync(
            import, candidates, reported, (number, code, field) => Reject(number, new RowFault(code, field)), (number, field) => leftOut.Add(Report(number, new RowFault(LeftOut, field))), now, cancellationToken);
        database.ImportRejections.AddRange(rejections);
        database.ImportRejections.AddRange(leftOut);
        var next = new Import
        {
            Id = import.Id,
            Source = import.Source,
            StartedBy = import.StartedBy,
            StartedAt = import.StartedAt,
            ChangedAt = now,
            Rows = import.Rows + rows.Count,
            Created = import.Created + created,
            Linked = import.Linked + linked,
            Known = import.Known + known,
            Rejected = import.Rejected + rejections.Count,
            Digest = digest,
            Turn = import.Turn + 1,
        };
        audit.Add(new AuditEntry("import.batch", import.Id.ToString(), sender, Details: new { from = import.Rows + 1, to = next.Rows, created, linked, known, rejected = rejections.Count }));
        await using var late = early is null ? await TakeTurnAsync(cancellationToken) : null;
        if (late is not null && !(standing.IsLike(await accounts.OfAsync(standing.Accounts, cancellationToken)) && reported.IsLike(await reports.OfAsync(idNumbers, cancellationToken))
            && handed.IsLike(await HandedEvidence.OfAsync(database, import.Source, standing.Accounts, cancellationToken))))
        {
            throw new DbUpdateException("An account was frozen, disputed or lost or got a proof, or its person was reported, while its row was placed.");
        }

        await database.SaveManyAsync(cancellationToken);
        var counted = await database.Imports.Where(i => i.Id == import.Id && i.Turn == import.Turn).ExecuteUpdateAsync(
            i => i.SetProperty(x => x.ChangedAt, next.ChangedAt).SetProperty(x => x.Rows, next.Rows).SetProperty(x => x.Created, next.Created).SetProperty(x => x.Linked, next.Linked)
                .SetProperty(x => x.Known, next.Known).SetProperty(x => x.Rejected, next.Rejected).SetProperty(x => x.Digest, next.Digest).SetProperty(x => x.Turn, next.Turn),
            cancellationToken);
        if (counted != 1)
        {
            return null;
        }

        await (early ?? late)!.CommitAsync(CancellationToken.None);
        return next;

        void Reject(long number, RowFault fault) => rejections.Add(Report(number, fault));

        ImportRejection Report(long number, RowFault fault) => new() { ImportId = import.Id, Row = number, Code = fault.Code, Field = fault.Field };
    }

    private async Task<IDbContextTransaction> TakeTurnAsync(CancellationToken cancellationToken)
    {
        var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        return transaction;
    }

    private async Task<(int Created, int Linked, int Known, KnownAccounts.Standing Standing, HandedEvidence Handed)> PlaceAsync(
        Import import, List<Candidate> candidates, ReportedPersons.Reports reported, Action<long, string, string?> reject, Action<long, string> leaveOut, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var source = import.Source;
        var externals = candidates.ConvertAll(c => c.Source.ExternalId!);
        var idNumbers = candidates.SelectMany(c => c.IdNumberIndexes).ToList();
        var phones = candidates.SelectMany(c => c.PhoneIndexes).ToList();
        var names = candidates.Where(c => c.Source.UserName is not null).Select(c => AccountFinder.Normalise(c.Source.UserName!)).ToList();
        var links = (await database.AccountLinks.AsNoTracking().Where(l => l.Source == source && externals.Contains(l.ExternalId)).ToListAsync(cancellationToken)).ToDictionary(l => l.ExternalId, l => l.AccountId, StringComparer.Ordinal);
        var persons = (await database.Persons.AsNoTracking().Where(p => idNumbers.Contains(p.IdNumberIndex)).ToListAsync(cancellationToken)).ToDictionary(p => p.IdNumberIndex, StringComparer.Ordinal);
        var takenPhones = (await database.Persons.AsNoTracking().Where(p => phones.Contains(p.PhoneIndex)).Select(p => p.PhoneIndex).ToListAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
        var takenNames = names.Count == 0 ? [] : (await database.Users.AsNoTracking().Where(a => names.Contains(a.NormalizedUserName!)).Select(a => a.NormalizedUserName!).ToListAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
        var standing = await accounts.OfAsync([.. persons.Values.Select(p => p.Id)], cancellationToken);
        var handed = await HandedEvidence.OfAsync(database, source, standing.Accounts, cancellationToken);
        var (created, linked, known) = (0, 0, 0);
        foreach (var candidate in candidates)
        {
            var key = candidate.Source.ExternalId!;
            var sent = candidate.Source.Evidence ?? [];
            var linkedTo = links.TryGetValue(key, out var account) ? account : (Guid?)null;
            var found = candidate.IdNumberIndexes.Select(persons.GetValueOrDefault).FirstOrDefault(p => p is not null);
            if (linkedTo is not null && linkedTo != found?.Id)
            {
                // Two persons under one key: which of them the source means, only the source can say.
                reject(candidate.Row, "externalId.taken", "externalId");
            }
            else if (found is not null)
            {
                // One subject in the whole province: the source's number is noted, its evidence too; nobody's particulars are overwritten by a file.
                if (found.Name != candidate.Name)
                {
                    reject(candidate.Row, "name.differs", "name");
                    continue;
                }

                if (linkedTo is not null && sent.All(e => handed.Holds(found.Id, e)))
                {
                    known++;
                    continue;
                }

                if (standing.Refusal(found.Id) is { } refusal)
                {
                    reject(candidate.Row, refusal, null);
                    continue;
                }

                var counts = standing.ThatCounts(found, candidate);
                var leftOut = sent.Index().Where(e => !counts.Contains(e.Item) && (linkedTo is null || !handed.Holds(found.Id, e.Item))).Select(e => e.Index).ToList();
                if (leftOut.Count > 0)
                {
                    leaveOut(candidate.Row, $"evidence[{string.Join(' ', leftOut)}]");
                }

                var entered = Enter(import, found.Id, counts, handed, now);
                if (linkedTo is null)
                {
                    Link(source, key, found.Id, now);
                    links.Add(key, found.Id);
                }

                (linked, known) = linkedTo is null || entered > 0 ? (linked + 1, known) : (linked, known + 1);
            }
            else if (reported.FaultOf(candidate.IdNumber) is { } fault)
            {
                // Of whoever has an account it has followed already, and the account itself says how it stands.
                reject(candidate.Row, fault.Code, fault.Field);
            }
            else if (candidate.PhoneIndexes.Any(takenPhones.Contains))
            {
                reject(candidate.Row, "phone.taken", "phone");
            }
            else if (candidate.Source.UserName is { } user && !takenNames.Add(AccountFinder.Normalise(user)))
            {
                reject(candidate.Row, "userName.taken", "userName");
            }
            else
            {
                var person = Create(candidate, now);
                Link(source, key, person.Id, now);
                Enter(import, person.Id, sent, handed, now);
                links.Add(key, person.Id);
                takenPhones.UnionWith(candidate.PhoneIndexes);
                Array.ForEach(candidate.IdNumberIndexes, index => persons.Add(index, person));
                created++;
            }
        }

        return (created, linked, known, standing, handed);
    }

    private Person Create(Candidate candidate, DateTimeOffset now)
    {
        var id = Guid.CreateVersion7(now);
        var person = Person.New(id, new PersonFacts(candidate.Name, candidate.Sex, candidate.Ethnicity, candidate.IdNumber, candidate.Phone), personal, now);
        var user = candidate.Source.UserName ?? id.ToString();
        database.Users.Add(new Account
        {
            Id = id,
            Kind = AccountKind.Person,
            UserName = user,
            NormalizedUserName = AccountFinder.Normalise(user),
            SecurityStamp = Guid.NewGuid().ToString(),
            CreatedAt = now,
            PasswordHash = candidate.Source.PasswordHash,
            Person = person,
        });
        return person;
    }

    private void Link(string source, string externalId, Guid account, DateTimeOffset now) =>
        database.AccountLinks.Add(new AccountLink { Source = source, ExternalId = externalId, AccountId = account, CreatedAt = now });

    /// <returns>How many records that were not there yet.</returns>
    private int Enter(Import import, Guid account, IReadOnlyList<ImportedEvidence> evidence, HandedEvidence handed, DateTimeOffset now)
    {
        var records = evidence.Where(e => handed.Add(account, e)).OrderBy(e => e.VerifiedAt).Select(e => EvidenceRecords.New(
            account, e.Kind!, HandedEvidence.SourceOf(import.Source), e.Method!, e.AssuredBy!, e.VerifiedAt!.Value, e.ValidUntil, reference: e.Reference, recordedAt: now, importId: import.Id)).ToList();
        database.Evidence.AddRange(records);
        return records.Count;
    }
}
