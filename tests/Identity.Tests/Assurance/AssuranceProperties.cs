using CsCheck;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Assurance.Policy;

namespace Yinxin.Identity.Tests.Assurance;

/// <summary>
/// Whatever happens in whatever order – checks that agree, disagree or cannot tell, ends, withdrawals, time – no level is ever given that live evidence does not carry.
/// The judge is written down from the rules (domain/identity §2–§4) and reads nothing of the policy: neither its code nor its document.
/// </summary>
public sealed class AssuranceProperties
{
    private const int Runs = 20_000;

    /// <summary>Of the runs, each level must come up in so many at least, or the property says little about it.</summary>
    private const double LeastShare = 0.1;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly AssurancePolicy Policy = new(AssurancePolicyReading.Read(AssurancePolicies.BuiltIn()));

    private static readonly Dictionary<SubjectKind, string[][]> Primary = new()
    {
        [SubjectKind.Person] = [["population-match"], ["phone-otp"], ["password", "passkey"]],
        [SubjectKind.Organisation] = [["market-registry-match", "civil-affairs-registry-match", "staffing-registry-match"], ["organisation-code-match"], ["legal-representative-match"]],
    };

    private static readonly Dictionary<SubjectKind, string[]> Further = new()
    {
        [SubjectKind.Person] = ["counter", "alipay-account", "unionpay-card", "housing-fund-account", "real-person"],
        [SubjectKind.Organisation] = ["counter", "tax-account", "enterprise-certificate"],
    };

    /// <summary>Five years at the counter, one year of what an account elsewhere or a camera shows; a certificate has its own life.</summary>
    private static readonly Dictionary<string, int> Days = new(StringComparer.Ordinal)
    {
        ["counter"] = 1827,
        ["alipay-account"] = 366,
        ["unionpay-card"] = 366,
        ["housing-fund-account"] = 366,
        ["real-person"] = 366,
        ["tax-account"] = 366,
    };

    /// <summary>What happens to a subject: mostly what its own Primary rests on, now and then a further proof, and whatever else there is.</summary>
    private static readonly Dictionary<SubjectKind, string[]> Kinds = Primary.ToDictionary(p => p.Key, p => (string[])
        [.. Enumerable.Repeat(p.Value.Select(any => any[0]), 8).SelectMany(k => k), .. p.Value.SelectMany(any => any.Skip(1)), .. Further[p.Key], .. EvidenceKinds.All.Order(StringComparer.Ordinal).Where(k => !Further[p.Key].Contains(k, StringComparer.Ordinal))]);

    /// <summary>Days; negative: without an end of its own.</summary>
    private static readonly int[] Lives = [-1, -1, -1, -1, -1, -1, 700, 200, 30, 0];

    private static readonly Gen<Event> Events = Gen.Select(
        Gen.Int[0, 99], Gen.Int[0, 999], Gen.Int[0, 9], Gen.Int[0, 9], Gen.Int[0, 400], Gen.Int[0, 1000], (what, kind, result, life, passes, which) => new Event(what, kind, result, life, passes, which));

    [Theory]
    [InlineData("Person")]
    [InlineData("Organisation")]
    public void No_sequence_of_events_gives_a_level_that_live_evidence_does_not_carry(string subject)
    {
        var kind = Enum.Parse<SubjectKind>(subject);
        var reached = new int[3];
        Events.List[0, 40].Sample(
            events =>
            {
                var (records, now) = Play(kind, events);
                var grade = Policy.GradeOf(kind, records, now);
                Assert.Equal(Judge(kind, records, now), grade.Level);
                Assert.All(grade.Carrying, c => Assert.True(c.Record.VerifiedAt <= now && (c.Until is null || c.Until > now) && c.Record.Result == EvidenceResult.Agreed));
                Assert.Equal(grade.Level == AssuranceLevel.None, grade.Carrying.Count == 0);
                Interlocked.Increment(ref reached[(int)grade.Level]);
            },
            iter: Runs);
        Assert.All(reached, count => Assert.True(count > reached.Sum() * LeastShare, $"None, Primary, Intermediate came up {string.Join(", ", reached)} times."));
    }

    [Fact]
    public void A_grade_holds_until_the_moment_it_names_and_changes_then() => Events.List[0, 40].Sample(
        events =>
        {
            var (records, now) = Play(SubjectKind.Person, events);
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
        iter: Runs);

    [Fact]
    public void The_past_does_not_change_by_what_happens_later() => Gen.Select(Events.List[0, 30], Events.List[0, 10]).Sample(
        (earlier, later) =>
        {
            var (records, moment) = Play(SubjectKind.Person, earlier);
            var then = Policy.OfPerson(records, moment);
            var (all, _) = Play(SubjectKind.Person, later, records, moment.AddSeconds(1));
            Assert.Equal(then, Policy.OfPerson(all, moment));
        },
        iter: Runs);

    private static (List<Evidence> Records, DateTimeOffset Now) Play(SubjectKind subject, IEnumerable<Event> events, List<Evidence>? before = null, DateTimeOffset? from = null)
    {
        var (records, now) = (new List<Evidence>(before ?? []), from ?? Start);
        foreach (var happened in events)
        {
            switch (happened.What)
            {
                case < 9:
                    now = now.AddDays(happened.Passes);
                    break;
                case < 16 when records.Count > 0:
                    records.Add(Record(subject, happened, now, EvidenceState.Revoked, records[happened.Which % records.Count]));
                    break;
                case < 22 when records.Count > 0:
                    records.Add(Record(subject, happened, now, EvidenceState.Active, records[happened.Which % records.Count]));
                    break;
                default:
                    records.Add(Record(subject, happened, now, EvidenceState.Active, null));
                    break;
            }
        }

        return (records, now);
    }

    private static Evidence Record(SubjectKind subject, Event happened, DateTimeOffset now, EvidenceState state, Evidence? of) => new()
    {
        Id = Guid.NewGuid(),
        Kind = of?.Kind ?? Kinds[subject][happened.Kind % Kinds[subject].Length],
        Source = "test",
        Method = "test",
        AssuredBy = "test",
        VerifiedAt = now,
        ValidUntil = Lives[happened.Life] < 0 ? null : now.AddDays(Lives[happened.Life]),
        State = state,
        Result = happened.Result switch { 8 => EvidenceResult.Disagreed, 9 => EvidenceResult.CannotTell, _ => EvidenceResult.Agreed },
        Supersedes = of?.Id,
    };

    /// <summary>What was found, was not taken back, and has not run out.</summary>
    private static AssuranceLevel Judge(SubjectKind subject, List<Evidence> records, DateTimeOffset now)
    {
        bool Has(string[] kinds) => records.Exists(r =>
            kinds.Contains(r.Kind, StringComparer.Ordinal) && r.State == EvidenceState.Active && r.Result == EvidenceResult.Agreed && r.VerifiedAt <= now
            && !records.Exists(o => o.Supersedes == r.Id && o.VerifiedAt <= now) && !(r.ValidUntil <= now) && !(Days.TryGetValue(r.Kind, out var days) && r.VerifiedAt.AddDays(days) <= now));

        return !Array.TrueForAll(Primary[subject], Has) ? AssuranceLevel.None : Has(Further[subject]) ? AssuranceLevel.Intermediate : AssuranceLevel.Primary;
    }

    /// <summary>Numbers of which <see cref="Play"/> makes an event: small ones shrink to the simplest.</summary>
    private sealed record Event(int What, int Kind, int Result, int Life, int Passes, int Which);
}
