using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Assurance.Policy;

/// <summary>
/// The level, computed from evidence each time it is needed and never stored as such (domain/identity §4). Pure: the same records, the same moment,
/// the same version of the policy, the same answer, also years later.
/// </summary>
/// <param name="document">What levels rest on.</param>
/// <param name="version">Its number, 0 for one that is only tried.</param>
internal sealed class AssurancePolicy(AssurancePolicyDocument document, int version = 0)
{
    public AssurancePolicyDocument Document => document;

    public int Version => version;

    /// <summary>The most that an agent reaches for the organisation.</summary>
    public AssuranceLevel AgentCap => document.AgentCap;

    /// <summary>What a department's word about its own official carries.</summary>
    public AssuranceLevel Staff => document.Staff;

    public AssuranceLevel OfPerson(IEnumerable<Evidence> evidence, DateTimeOffset at) => GradeOf(SubjectKind.Person, evidence, at).Level;

    public AssuranceLevel OfOrganisation(IEnumerable<Evidence> evidence, DateTimeOffset at) => GradeOf(SubjectKind.Organisation, evidence, at).Level;

    /// <summary>The level with what carries it, what is missing for the next, and when it changes by itself.</summary>
    /// <param name="kind">Whose ladder.</param>
    /// <param name="evidence">All records of the subject; those made or entered after <paramref name="at"/> are not looked at.</param>
    /// <param name="at">The moment, also a past one.</param>
    public Grade GradeOf(SubjectKind kind, IEnumerable<Evidence> evidence, DateTimeOffset at)
    {
        var ladder = kind == SubjectKind.Person ? document.Person : document.Organisation;
        var all = evidence.ToList();
        var known = all.FindAll(e => (e.RecordedAt ?? e.VerifiedAt) <= at);

        // Where the clock that made a record is ahead of this one, what was not looked at was not: neither it nor what came after it is vouched for.
        var place = all.Where(e => (e.RecordedAt ?? e.VerifiedAt) > at).Min(e => e.Place) is { } next ? next - 1 : known.Max(e => e.Place) ?? 0;
        var counting = Counting(known);
        var level = LevelOf(ladder, counting, at);
        var live = counting.Where(c => IsLive(c, at)).ToList();
        var reached = Requirements(ladder).Where(step => step.Level <= level).SelectMany(step => step.AnyOf).SelectMany(kinds => kinds).ToHashSet(StringComparer.Ordinal);
        var missing = Requirements(ladder).Where(step => step.Level > level).Select(step => new MissingForLevel(
            step.Level, [.. step.AnyOf.Where(kinds => !live.Exists(c => kinds.Contains(c.Record.Kind, StringComparer.Ordinal)))])).FirstOrDefault();
        return new Grade(kind, level, version, at, ChangesAt(ladder, counting, level, at), [.. live.Where(c => reached.Contains(c.Record.Kind))], missing) { Place = place };
    }

    /// <summary>The most that the way of signing in can carry (RFC 8176 values).</summary>
    public AssuranceLevel OfSignIn(IReadOnlyCollection<string> methods) =>
        document.SignIn.Where(line => line.Methods.All(methods.Contains)).Select(line => line.Level).DefaultIfEmpty(AssuranceLevel.None).Max();

    /// <summary>Level of a session: no more than the account, no more than the sign-in showed, no more than the organisation acted for.</summary>
    public AssuranceLevel OfSession(AssuranceLevel account, IReadOnlyCollection<string> methods, AssuranceLevel? organisation)
    {
        var level = Min(account, OfSignIn(methods));
        return organisation is { } cap ? Min(level, cap) : level;
    }

    private static AssuranceLevel Min(AssuranceLevel a, AssuranceLevel b) => a < b ? a : b;

    private static IEnumerable<(AssuranceLevel Level, IReadOnlyList<IReadOnlyList<string>> AnyOf)> Requirements(Ladder ladder) =>
        [(AssuranceLevel.Primary, ladder.Primary), (AssuranceLevel.Intermediate, ladder.Intermediate)];

    private static AssuranceLevel LevelOf(Ladder ladder, List<CountingEvidence> counting, DateTimeOffset at)
    {
        var kinds = counting.Where(c => IsLive(c, at)).Select(c => c.Record.Kind).ToHashSet(StringComparer.Ordinal);
        var level = AssuranceLevel.None;
        foreach (var step in Requirements(ladder))
        {
            if (!step.AnyOf.All(kinds.Overlaps))
            {
                break;
            }

            level = step.Level;
        }

        return level;
    }

    private static DateTimeOffset? ChangesAt(Ladder ladder, List<CountingEvidence> counting, AssuranceLevel level, DateTimeOffset at)
    {
        foreach (var end in counting.Select(c => c.Until).OfType<DateTimeOffset>().Where(until => until > at).Distinct().Order())
        {
            if (LevelOf(ladder, counting, end) != level)
            {
                return end;
            }
        }

        return null;
    }

    private static bool IsLive(CountingEvidence evidence, DateTimeOffset at) => evidence.Until is null || evidence.Until > at;

    /// <summary>What agreed, was not taken back, and comes from a source whose word counts; each with the end that record and policy together give it.</summary>
    private List<CountingEvidence> Counting(List<Evidence> known)
    {
        var superseded = known.Where(e => e.Supersedes is not null).Select(e => e.Supersedes!.Value).ToHashSet();
        return
        [
            .. known
                .Where(e => e.State == EvidenceState.Active && e.Result == EvidenceResult.Agreed && !superseded.Contains(e.Id) &&
                    !document.RefusedSources.Contains(e.Source, StringComparer.Ordinal))
                .OrderBy(e => e.VerifiedAt)
                .Select(e => new CountingEvidence(e, EndOf(e))),
        ];
    }

    private DateTimeOffset? EndOf(Evidence evidence)
    {
        var byPolicy = document.Evidence.TryGetValue(evidence.Kind, out var rule) ? evidence.VerifiedAt.AddDays(rule.Days) : (DateTimeOffset?)null;
        return byPolicy is null || evidence.ValidUntil < byPolicy ? evidence.ValidUntil : byPolicy;
    }
}
