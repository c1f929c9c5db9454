using System.Text.Json;
using CsCheck;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Assurance.Policy;

namespace Yinxin.Identity.Tests.Assurance;

/// <summary>
/// Whatever happens in whatever order – checks that agree, disagree or cannot tell, what is handed over later, ends, withdrawals, time – no level is ever given that live evidence does not carry: by
/// the policy that comes with the platform, and by any that officials may write. The judge is written down from the rules (domain/identity §2–§4) and reads nothing of the policy: neither its code nor
/// its document.
/// </summary>
public sealed class AssuranceProperties
{
    private const int Runs = 20_000;

    /// <summary>Each reads a policy of its own.</summary>
    private const int RunsOfPolicies = 10_000;

    /// <summary>A result of what happened: it agreed, some time ago.</summary>
    private const int HandedOver = 7;

    /// <summary>Of the runs, each level must come up in so many at least, or the property says little about it.</summary>
    private const double LeastShare = 0.1;

    /// <summary>The same where the policy is drawn: many of them ask for more than anybody has.</summary>
    private const double LeastShareOfPolicies = 0.03;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly AssurancePolicy Policy = new(AssurancePolicyReading.Read(AssurancePolicies.BuiltIn()));

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

    private static readonly Dictionary<SubjectKind, Rules> BuiltIn = new()
    {
        [SubjectKind.Person] = new(
            [["population-match"], ["phone-otp"], ["password", "passkey"]], [["counter", "alipay-account", "unionpay-card", "housing-fund-account", "real-person"]], Days, []),
        [SubjectKind.Organisation] = new(
            [["market-registry-match", "civil-affairs-registry-match", "staffing-registry-match"], ["organisation-code-match"], ["legal-representative-match"]],
            [["counter", "tax-account", "enterprise-certificate"]], Days, []),
    };

    /// <summary>What happens to a subject: mostly what its own Primary rests on, now and then a further proof, and whatever else there is.</summary>
    private static readonly Dictionary<SubjectKind, string[]> Kinds = BuiltIn.ToDictionary(p => p.Key, p => (string[])
        [.. Enumerable.Repeat(p.Value.Primary.Select(any => any[0]), 8).SelectMany(k => k), .. p.Value.Primary.SelectMany(any => any.Skip(1)), .. p.Value.Intermediate[0],
            .. EvidenceKinds.All.Order(StringComparer.Ordinal).Where(k => !p.Value.Intermediate[0].Contains(k, StringComparer.Ordinal))]);

    /// <summary>Of which drawn policies are made: few, so that what happens meets what they ask for.</summary>
    private static readonly string[] FewKinds = ["population-match", "phone-otp", "passkey", "counter", "unionpay-card", "tax-account"];

    /// <summary>Besides these, what no policy can name.</summary>
    private static readonly string[] FewAndOne = [.. FewKinds, "transaction-proof"];

    private static readonly string[] Sources = ["test", "population", "import:hefei"];

    /// <summary>Days; negative: without an end of its own.</summary>
    private static readonly int[] Lives = [-1, -1, -1, -1, -1, -1, 700, 200, 30, 0];

    private static readonly Gen<Event> Events = Gen.Select(
        Gen.Int[0, 99], Gen.Int[0, 999], Gen.Int[0, 9], Gen.Int[0, 9], Gen.Int[0, 400], Gen.Int[0, 1000], (what, kind, result, life, passes, which) => new Event(what, kind, result, life, passes, which));

    private static readonly Gen<string[][]> Requirements = Gen.Int[0, 5].List[1, 3].List[1, 3].Select(
        all => all.Select(any => any.Select(kind => FewKinds[kind]).Distinct(StringComparer.Ordinal).ToArray()).ToArray());

    private static readonly Gen<Dictionary<string, int>> Limits = Gen.Select(Gen.Int[0, 5], Gen.Int[1, 800]).List[0, 4].Select(
        all => all.DistinctBy(limit => limit.Item1).ToDictionary(limit => FewKinds[limit.Item1], limit => limit.Item2, StringComparer.Ordinal));

    private static readonly Gen<string[]> Refusals = Gen.Int[0, 2].List[0, 1].Select(all => all.Select(source => Sources[source]).ToArray());

    private static readonly Gen<Rules> AnyRules = Gen.Select(
        Requirements, Requirements, Limits, Refusals, (primary, intermediate, days, refused) => new Rules(primary, intermediate, days, refused));

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
                var (records, now) = Play(Kinds[kind], events);
                var grade = Policy.GradeOf(kind, records, now);
                Hold(BuiltIn[kind], records, now, grade);
                Interlocked.Increment(ref reached[(int)grade.Level]);
            },
            iter: Runs);
        Assert.All(reached, count => Assert.True(count > reached.Sum() * LeastShare, $"None, Primary, Intermediate came up {string.Join(", ", reached)} times."));
    }

    [Theory]
    [InlineData("Person")]
    [InlineData("Organisation")]
    public void No_policy_gives_a_level_that_live_evidence_of_the_kinds_and_sources_it_names_does_not_carry(string subject)
    {
        var kind = Enum.Parse<SubjectKind>(subject);
        var reached = new int[3];
        Gen.Select(AnyRules, AnyRules, Events.List[0, 40]).Sample(
            (rules, others, events) =>
            {
                // The other ladder is another one: what raises an organisation raises no person.
                var limited = others with { Days = rules.Days, Refused = rules.Refused };
                var policy = PolicyOf(kind == SubjectKind.Person ? rules : limited, kind == SubjectKind.Person ? limited : rules);
                var (records, now) = Play(FewAndOne, events);
                var grade = policy.GradeOf(kind, records, now);
                Hold(rules, records, now, grade);
                Interlocked.Increment(ref reached[(int)grade.Level]);
            },
            iter: RunsOfPolicies);
        Assert.All(reached, count => Assert.True(count > reached.Sum() * LeastShareOfPolicies, $"None, Primary, Intermediate came up {string.Join(", ", reached)} times."));
    }

    [Fact]
    public void A_grade_holds_until_the_moment_it_names_and_changes_then() => Events.List[0, 40].Sample(
        events =>
        {
            var (records, now) = Play(Kinds[SubjectKind.Person], events);
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
            var (records, moment) = Play(Kinds[SubjectKind.Person], earlier);
            var then = Policy.OfPerson(records, moment);
            var (all, _) = Play(Kinds[SubjectKind.Person], later, records, moment.AddSeconds(1));
            Assert.Equal(then, Policy.OfPerson(all, moment));
        },
        iter: Runs);

    private static (List<Evidence> Records, DateTimeOffset Now) Play(string[] kinds, IEnumerable<Event> events, List<Evidence>? before = null, DateTimeOffset? from = null)
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
                    records.Add(Record(kinds, happened, now, EvidenceState.Revoked, records[happened.Which % records.Count]));
                    break;
                case < 22 when records.Count > 0:
                    records.Add(Record(kinds, happened, now, EvidenceState.Active, records[happened.Which % records.Count]));
                    break;
                default:
                    records.Add(Record(kinds, happened, now, EvidenceState.Active, null));
                    break;
            }
        }

        return (records, now);
    }

    private static Evidence Record(string[] kinds, Event happened, DateTimeOffset now, EvidenceState state, Evidence? of) => new()
    {
        Id = Guid.NewGuid(),
        Kind = of?.Kind ?? kinds[happened.Kind % kinds.Length],
        Source = Sources[happened.Passes % Sources.Length],
        Method = "test",
        AssuredBy = "test",
        // Some is handed over: seen before, and known from now on.
        VerifiedAt = happened.Result == HandedOver ? now.AddDays(-happened.Passes) : now,
        RecordedAt = happened.Result == HandedOver ? now : null,
        ValidUntil = Lives[happened.Life] < 0 ? null : now.AddDays(Lives[happened.Life]),
        State = state,
        Result = happened.Result switch { 8 => EvidenceResult.Disagreed, 9 => EvidenceResult.CannotTell, _ => EvidenceResult.Agreed },
        Supersedes = of?.Id,
    };

    private static void Hold(Rules rules, List<Evidence> records, DateTimeOffset now, Grade grade)
    {
        Assert.Equal(Judge(rules, records, now), grade.Level);
        Assert.Equal(grade.Level == AssuranceLevel.None, grade.Carrying.Count == 0);
        string[][] met = [.. grade.Level >= AssuranceLevel.Primary ? rules.Primary : [], .. grade.Level >= AssuranceLevel.Intermediate ? rules.Intermediate : []];
        Assert.All(met, any => Assert.Contains(grade.Carrying, c => any.Contains(c.Record.Kind, StringComparer.Ordinal)));
        Assert.All(grade.Carrying, c => Assert.True(
            (c.Until is null || c.Until > now) && IsLive(rules, records, now, c.Record) && Array.Exists(met, any => any.Contains(c.Record.Kind, StringComparer.Ordinal))));
    }

    /// <summary>Each requirement has evidence of one of its kinds that is live.</summary>
    private static AssuranceLevel Judge(Rules rules, List<Evidence> records, DateTimeOffset now)
    {
        bool Has(string[] kinds) => records.Exists(r => kinds.Contains(r.Kind, StringComparer.Ordinal) && IsLive(rules, records, now, r));

        return !Array.TrueForAll(rules.Primary, Has) ? AssuranceLevel.None : Array.TrueForAll(rules.Intermediate, Has) ? AssuranceLevel.Intermediate : AssuranceLevel.Primary;
    }

    /// <summary>What was found by somebody who is believed, is known by now, was not taken back, and has not run out.</summary>
    private static bool IsLive(Rules rules, List<Evidence> records, DateTimeOffset now, Evidence r) =>
        r.State == EvidenceState.Active && r.Result == EvidenceResult.Agreed && !rules.Refused.Contains(r.Source, StringComparer.Ordinal) && (r.RecordedAt ?? r.VerifiedAt) <= now
        && !records.Exists(o => o.Supersedes == r.Id && (o.RecordedAt ?? o.VerifiedAt) <= now) && !(r.ValidUntil <= now)
        && !(rules.Days.TryGetValue(r.Kind, out var days) && r.VerifiedAt.AddDays(days) <= now);

    /// <summary>As officials send it.</summary>
    private static AssurancePolicy PolicyOf(Rules person, Rules organisation) => new(AssurancePolicyReading.Read(JsonSerializer.SerializeToUtf8Bytes(new
    {
        name = "样例",
        person = new { primary = person.Primary, intermediate = person.Intermediate },
        organisation = new { primary = organisation.Primary, intermediate = organisation.Intermediate },
        signIn = new[] { new { methods = new[] { "pwd" }, level = "primary" } },
        evidence = person.Days.ToDictionary(limit => limit.Key, limit => new { days = limit.Value }, StringComparer.Ordinal),
        refusedSources = person.Refused,
    })));

    /// <summary>What levels rest on, as the judge knows it.</summary>
    /// <param name="Primary">Each requirement is met by any one of its kinds.</param>
    /// <param name="Intermediate">What is needed besides.</param>
    /// <param name="Days">Older evidence does not count, by kind.</param>
    /// <param name="Refused">Sources that are not believed.</param>
    private sealed record Rules(string[][] Primary, string[][] Intermediate, IReadOnlyDictionary<string, int> Days, string[] Refused)
    {
        /// <summary>For whoever reads of a run that fell.</summary>
        public override string ToString() => JsonSerializer.Serialize(new { Primary, Intermediate, Days, Refused });
    }

    /// <summary>Numbers of which <see cref="Play"/> makes an event: small ones shrink to the simplest.</summary>
    private sealed record Event(int What, int Kind, int Result, int Life, int Passes, int Which);
}
