using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.SourceChanges;

/// <summary>Whether an authority reported anything since it was asked: then its answer is no longer its last word.</summary>
internal static class SourceNews
{
    /// <summary>How many changes were reported until now: one that comes late has a lower place than the last, and is news all the same.</summary>
    /// <param name="database">The context.</param>
    /// <param name="personal">Hashes.</param>
    /// <param name="about">ID numbers and credit codes; of an answer <see cref="OfAnswer"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<int> CountAsync(IdentityContext database, PersonalData personal, IEnumerable<string> about, CancellationToken cancellationToken)
    {
        var subjects = about.Select(number => SourceChangeBook.SubjectOf(personal, number)).ToList();
        return database.SourceEvents.CountAsync(e => subjects.Contains(e.Subject) && e.Outcome != SourceChangeBook.Refused, cancellationToken);
    }

    /// <summary>How a withdrawal names the answer that it takes back.</summary>
    public static string OfAnswer(string issuer, string? receipt) => $"{issuer}:{receipt}";
}
