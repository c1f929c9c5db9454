using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Assurance.Evidences;

/// <summary>The records of a subject that nothing has taken back yet: what a change has to supersede.</summary>
internal static class CurrentEvidence
{
    public static async Task<IReadOnlyList<Evidence>> OfAsync(IdentityContext database, Guid subject, CancellationToken cancellationToken)
    {
        var all = await database.Evidence.AsNoTracking().Where(e => e.SubjectId == subject).OrderBy(e => e.VerifiedAt).ToListAsync(cancellationToken);
        var superseded = all.Where(e => e.Supersedes is not null).Select(e => e.Supersedes!.Value).ToHashSet();
        return [.. all.Where(e => e.State == EvidenceState.Active && !superseded.Contains(e.Id))];
    }
}
