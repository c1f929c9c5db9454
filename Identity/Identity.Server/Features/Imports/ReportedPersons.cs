using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.SourceChanges;

namespace Yinxin.Identity.Server.Features.Imports;

/// <summary>
/// What the population library has reported of the persons whom a batch's rows name. It says it once, and while they had no account nothing could follow from it: a row that a city wrote down
/// before must open none. A registration asks the library anew and learns what is so; a file asks nobody.
/// </summary>
internal sealed class ReportedPersons(IdentityContext database, PersonalData personal)
{
    private static readonly RowFault Deceased = new("person.deceased", "idNumber");

    /// <summary>The new name stands nowhere until somebody has an account: a row that bears it cannot be told from one with the former name.</summary>
    private static readonly RowFault Renamed = new("name.changed", "name");

    public async Task<Reports> OfAsync(IReadOnlyCollection<string> idNumbers, CancellationToken cancellationToken)
    {
        if (idNumbers.Count == 0)
        {
            return new Reports([]);
        }

        var numbers = idNumbers.Distinct(StringComparer.Ordinal).ToDictionary(number => SourceChangeBook.SubjectOf(personal, number), StringComparer.Ordinal);
        var subjects = numbers.Keys.ToList();
        var told = await database.SourceEvents.AsNoTracking()
            .Where(e => subjects.Contains(e.Subject) && (e.Kind == SourceChangeKinds.Deceased || e.Kind == SourceChangeKinds.NameChanged) && e.Outcome != SourceChangeBook.Refused)
            .Select(e => new { e.Subject, e.Kind }).ToListAsync(cancellationToken);
        return new Reports(told.GroupBy(e => numbers[e.Subject], StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Any(e => e.Kind == SourceChangeKinds.Deceased) ? Deceased : Renamed, StringComparer.Ordinal));
    }

    internal sealed class Reports(Dictionary<string, RowFault> faults)
    {
        private Dictionary<string, RowFault> Faults => faults;

        /// <summary>Why a row about this person opens no account; null where nothing was reported.</summary>
        public RowFault? FaultOf(string idNumber) => faults.GetValueOrDefault(idNumber);

        public bool IsLike(Reports other) => faults.Count == other.Faults.Count && faults.All(f => other.FaultOf(f.Key) == f.Value);
    }
}
