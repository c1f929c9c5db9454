using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Console.Accounts;

namespace Yinxin.Identity.Server.Features.Console.CounterEvidence;

/// <summary>One check at a counter as officials see it: whom or what it proved, masked, and who vouched for it where.</summary>
/// <param name="Record">The evidence.</param>
/// <param name="Subject">The person, or who represents the organisation; null where there is none any more.</param>
/// <param name="Organisation">Name of the organisation; null for a person.</param>
/// <param name="Official">Who vouched; a key where no such official is known.</param>
internal sealed record CounterCheck(Evidence Record, MaskedAccount? Subject, string? Organisation, string Official)
{
    /// <returns>Null for what is no check at a counter.</returns>
    public static async Task<CounterCheck?> LoadAsync(IdentityContext database, Guid evidence, CancellationToken cancellationToken)
    {
        if (await database.Evidence.Where(e => e.Id == evidence && e.Kind == EvidenceKinds.Counter && e.State == EvidenceState.Active).WithoutReceipts().FirstOrDefaultAsync(cancellationToken) is not { } record)
        {
            return null;
        }

        var organisation = await database.Organisations.AsNoTracking().FirstOrDefaultAsync(o => o.Id == record.SubjectId, cancellationToken);
        var account = organisation?.LegalRepresentativeId ?? record.SubjectId;
        var subject = await database.Users.AsNoTracking().Include(a => a.Person).Include(a => a.StaffMember).FirstOrDefaultAsync(a => a.Id == account, cancellationToken);
        var official = Guid.TryParse(record.AssuredBy, out var key) ? await database.StaffMembers.Where(s => s.Id == key).Select(s => s.Name).FirstOrDefaultAsync(cancellationToken) : null;
        return new CounterCheck(record, subject is null ? null : MaskedAccount.Of(subject), organisation?.Name, official ?? record.AssuredBy);
    }
}
