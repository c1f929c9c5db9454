using CsCheck;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Assurance.Policy;

namespace Yinxin.Identity.Tests.Assurance;

/// <summary>
/// Whatever happens in whatever order – checks that agree, disagree or cannot tell, ends, withdrawals, time – no level is ever given that live evidence does not carry.
/// The judge is written from the rules alone and shares nothing with the policy's code.
/// </summary>
public sealed class AssuranceProperties
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly AssurancePolicy Policy = new(AssurancePolicyReading.Read(AssurancePolicies.BuiltIn()));
    private static readonly string[] Kinds = [.. EvidenceKinds.All.Order(StringComparer.Ordinal)];

    private static readonly Gen<Event> Events = Gen.Select(
        Gen.Int[0, 9], Gen.Int[0, Kinds.Length - 1], Gen.Enum<EvidenceResult>(), Gen.Int[-1, 700], Gen.Int[0, 400], Gen.Int[0, 1000], (what, kind, result, life, passes, which) => new Event(what, Kinds[kind], result, life, passes, which));

    [Fact]
    public void No_sequence_of_events_gives_a_level_that_live_evidence_does_not_carry() => Events.List[0, 40].Sample(
        events =>
        {
            var (records, now) = Play(events);
            foreach (var kind in Enum.GetValues<SubjectKind>())
            {
                var grade = Policy.GradeOf(kind, records, now);
                Assert.Equal(Judge(kind, records, now), grade.Level);
                Assert.All(grade.Carrying, c => Assert.True(c.Record.VerifiedAt <= now && (c.Until is null || c.Until > now) && c.Record.Result == EvidenceResult.Agreed));
                Assert.Equal(grade.Level == AssuranceLevel.None, grade.Carrying.Count == 0);
            }
        },
        iter: 20_000);

    [Fact]
    public void A_grade_holds_until_the_moment_it_names_and_changes_then() => Events.List[0, 40].Sample(
        events =>
        {
            var (records, now) = Play(events);
            var grade = Policy.GradeOf(SubjectKind.Person, records, now);
            if (grade.ChangesAt is { } change)
            {
                Assert.True(change > now);
                Assert.Equal(grade.Level, Policy.OfPerson(records, change.AddTicks(-1)));
                Assert.NotEqual(grade.Level, Policy.OfPerson(records, change));
            }
            else
            {
                Assert.Equal(grade.Level, Policy.OfPerson(records, now.AddYears(50)));
            }
        },
        iter: 20_000);

    [Fact]
    public void The_past_does_not_change_by_what_happens_later() => Gen.Select(Events.List[0, 30], Events.List[0, 10]).Sample(
        (earlier, later) =>
        {
            var (records, moment) = Play(earlier);
            var then = Policy.OfPerson(records, moment);
            var (all, _) = Play(later, records, moment.AddSeconds(1));
            Assert.Equal(then, Policy.OfPerson(all, moment));
        },
        iter: 20_000);

    private static (List<Evidence> Records, DateTimeOffset Now) Play(IEnumerable<Event> events, List<Evidence>? before = null, DateTimeOffset? from = null)
    {
        var (records, now) = (new List<Evidence>(before ?? []), from ?? Start);
        foreach (var happened in events)
        {
            switch (happened.What)
            {
                case 0:
                    now = now.AddDays(happened.Passes);
                    break;
                case 1 when records.Count > 0:
                    records.Add(Record(happened, now, EvidenceState.Revoked, records[happened.Which % records.Count]));
                    break;
                case 2 when records.Count > 0:
                    records.Add(Record(happened, now, EvidenceState.Active, records[happened.Which % records.Count]));
                    break;
                default:
                    records.Add(Record(happened, now, EvidenceState.Active, null));
                    break;
            }
        }

        return (records, now);
    }

    private static Evidence Record(Event happened, DateTimeOffset now, EvidenceState state, Evidence? of) => new()
    {
        Id = Guid.NewGuid(),
        Kind = of?.Kind ?? happened.Kind,
        Source = "test",
        Method = "test",
        AssuredBy = "test",
        VerifiedAt = now,
        ValidUntil = happened.Life < 0 ? null : now.AddDays(happened.Life),
        State = state,
        Result = happened.Result,
        Supersedes = of?.Id,
    };

    /// <summary>Domain/identity §2–§4 in words, for the policy that is built in.</summary>
    private static AssuranceLevel Judge(SubjectKind subject, List<Evidence> records, DateTimeOffset now)
    {
        bool Has(params string[] kinds) => kinds.Any(kind => records.Any(r =>
            r.Kind == kind && r.State == EvidenceState.Active && r.Result == EvidenceResult.Agreed && r.VerifiedAt <= now && !records.Any(o => o.Supersedes == r.Id && o.VerifiedAt <= now)
            && !(r.ValidUntil <= now) && !(Policy.Document.Evidence.TryGetValue(kind, out var rule) && r.VerifiedAt.AddDays(rule.Days) <= now)));

        var ladder = subject == SubjectKind.Person ? Policy.Document.Person : Policy.Document.Organisation;
        var primary = ladder.Primary.All(any => Has([.. any]));
        return !primary ? AssuranceLevel.None : ladder.Intermediate.All(any => Has([.. any])) ? AssuranceLevel.Intermediate : AssuranceLevel.Primary;
    }

    private sealed record Event(int What, string Kind, EvidenceResult Result, int Life, int Passes, int Which);
}
