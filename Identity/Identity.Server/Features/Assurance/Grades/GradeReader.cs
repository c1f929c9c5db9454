using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Assurance.Policy;

namespace Yinxin.Identity.Server.Features.Assurance;

/// <summary>Grades from the evidence itself: one indexed read for each question.</summary>
internal sealed class GradeReader(IdentityContext database, AssurancePolicies policies, TimeProvider time)
{
    public ValueTask<AssurancePolicy> PolicyAsync(CancellationToken cancellationToken) => policies.InForceAsync(database, cancellationToken);

    /// <summary>For tokens: not what this node remembers.</summary>
    public Task<AssurancePolicy> PolicyOfThisMomentAsync(CancellationToken cancellationToken) => policies.AskAsync(database, cancellationToken);

    public async Task<Grade> OfAsync(SubjectKind kind, Guid subject, CancellationToken cancellationToken) =>
        (await OfAsync(kind, [subject], cancellationToken))[subject];

    /// <summary>By a policy that the caller has.</summary>
    public async Task<Grade> OfAsync(AssurancePolicy policy, SubjectKind kind, Guid subject, CancellationToken cancellationToken) =>
        (await OfAsync(policy, kind, [subject], cancellationToken))[subject];

    /// <returns>One grade for each subject, also for one without evidence.</returns>
    public async Task<IReadOnlyDictionary<Guid, Grade>> OfAsync(SubjectKind kind, IReadOnlyCollection<Guid> subjects, CancellationToken cancellationToken) =>
        await OfAsync(await PolicyAsync(cancellationToken), kind, subjects, cancellationToken);

    private async Task<IReadOnlyDictionary<Guid, Grade>> OfAsync(AssurancePolicy policy, SubjectKind kind, IReadOnlyCollection<Guid> subjects, CancellationToken cancellationToken)
    {
        // One subject as a value and not as a list of one: for a list the engine may write the statement anew each time.
        var one = subjects.Count == 1 ? subjects.First() : Guid.Empty;
        var theirs = subjects.Count == 1 ? database.Evidence.Where(e => e.SubjectId == one) : database.Evidence.Where(e => subjects.Contains(e.SubjectId));
        var evidence = (await theirs.ThatMayCount().WithoutReceipts().ToListAsync(cancellationToken)).ToLookup(e => e.SubjectId);
        var now = time.GetUtcNow();
        return subjects.Distinct().ToDictionary(subject => subject, subject => policy.GradeOf(kind, evidence[subject], now));
    }
}
