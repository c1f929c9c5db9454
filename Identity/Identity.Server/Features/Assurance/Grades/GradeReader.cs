using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Policy;

namespace Yinxin.Identity.Server.Features.Assurance;

/// <summary>Grades from the evidence itself: one indexed read for each question.</summary>
internal sealed class GradeReader(IdentityContext database, AssurancePolicies policies, TimeProvider time)
{
    public ValueTask<AssurancePolicy> PolicyAsync(CancellationToken cancellationToken) => policies.InForceAsync(database, cancellationToken);

    public async Task<Grade> OfAsync(SubjectKind kind, Guid subject, CancellationToken cancellationToken) =>
        (await OfAsync(kind, [subject], cancellationToken))[subject];

    /// <returns>One grade for each subject, also for one without evidence.</returns>
    public async Task<IReadOnlyDictionary<Guid, Grade>> OfAsync(SubjectKind kind, IReadOnlyCollection<Guid> subjects, CancellationToken cancellationToken)
    {
        var policy = await PolicyAsync(cancellationToken);
        var evidence = (await database.Evidence.AsNoTracking().Where(e => subjects.Contains(e.SubjectId)).ToListAsync(cancellationToken)).ToLookup(e => e.SubjectId);
        var now = time.GetUtcNow();
        return subjects.Distinct().ToDictionary(subject => subject, subject => policy.GradeOf(kind, evidence[subject], now));
    }
}
