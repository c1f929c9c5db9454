using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Imports.Withdrawals;

namespace Yinxin.Identity.Server.Features.Imports;

/// <summary>How the accounts stand that a batch's rows lead to: a file adds to an account that is in order, and brings nothing back that was taken from it.</summary>
internal sealed class KnownAccounts(IdentityContext database)
{
    public async Task<Standing> OfAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
        {
            return new Standing([], [], [], [], []);
        }

        var frozen = await database.Users.AsNoTracking().Where(a => ids.Contains(a.Id) && a.FrozenAt != null).Select(a => a.Id).ToListAsync(cancellationToken);
        var disputed = await database.Disputes.AsNoTracking().Where(d => d.State == DisputeState.Open && d.AccountId != null && ids.Contains(d.AccountId.Value)).Select(d => d.AccountId!.Value)
            .ToListAsync(cancellationToken);
        // What went with the whole of an import says nothing of its kind: the corrected file is as old as the wrong one.
        var takenBack = await database.Evidence.AsNoTracking().Where(e => ids.Contains(e.SubjectId) && e.State != EvidenceState.Active && e.Method != WithdrawnImports.Reason)
            .Select(e => new { e.SubjectId, e.Kind, e.VerifiedAt }).ToListAsync(cancellationToken);
        var phones = await database.Persons.AsNoTracking().Where(p => ids.Contains(p.Id)).Select(p => new { p.Id, p.PhoneIndex }).ToDictionaryAsync(p => p.Id, p => p.PhoneIndex, cancellationToken);
        return new Standing(
            ids, [.. frozen], [.. disputed], phones, takenBack.GroupBy(e => (e.SubjectId, e.Kind)).ToDictionary(g => g.Key, g => g.Max(e => e.VerifiedAt)));
    }

    internal sealed class Standing(
        IReadOnlyCollection<Guid> accounts, HashSet<Guid> frozen, HashSet<Guid> disputed, Dictionary<Guid, string> phones, Dictionary<(Guid Subject, string Kind), DateTimeOffset> takenBack)
    {
        public IReadOnlyCollection<Guid> Accounts => accounts;

        public bool IsLike(Standing other) =>
            frozen.SetEquals(other.Frozen) && disputed.SetEquals(other.Disputed) &&
            phones.Count == other.Phones.Count && phones.All(p => other.Phones.TryGetValue(p.Key, out var phone) && phone == p.Value) &&
            takenBack.Count == other.TakenBack.Count && takenBack.All(t => other.TakenBack.TryGetValue(t.Key, out var at) && at == t.Value);

        private HashSet<Guid> Frozen => frozen;

        private HashSet<Guid> Disputed => disputed;

        private Dictionary<Guid, string> Phones => phones;

        private Dictionary<(Guid Subject, string Kind), DateTimeOffset> TakenBack => takenBack;

        /// <summary>Why nothing is added to this account now; the row may be sent again once that is over.</summary>
        public string? Refusal(Guid account) => disputed.Contains(account) ? "account.disputed" : frozen.Contains(account) ? "account.frozen" : null;

        /// <summary>Without the proof of a phone that is not the account's, and without what is older than the day on which its kind was taken back.</summary>
        public IReadOnlyList<ImportedEvidence> ThatCounts(Person person, Candidate candidate) =>
            [.. (candidate.Source.Evidence ?? []).Where(e =>
                (e.Kind != EvidenceKinds.PhoneCode || candidate.PhoneIndexes.Contains(phones.GetValueOrDefault(person.Id, person.PhoneIndex), StringComparer.Ordinal)) &&
                (!takenBack.TryGetValue((person.Id, e.Kind!), out var at) || e.VerifiedAt > at))];
    }
}
