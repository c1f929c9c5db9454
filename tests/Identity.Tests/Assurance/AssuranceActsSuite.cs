using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;
using Yinxin.Identity.Tests.Sources;
using Yinxin.Identity.Tests.StepUp;

namespace Yinxin.Identity.Tests.Assurance;

/// <summary>
/// A dozen people and their organisations do at random what people do, authorities report what they report, officials put another policy in force, years go by; all of it through the doors that there
/// are. After every act the grade that officials are told, the one that is stored, and the level that a token says are those of a judge who knows the rules and nothing else. The first acts are the
/// same in every run, so that each level comes up. On servers of its own: it moves the clock by years.
/// </summary>
public abstract partial class AssuranceActsSuite
{
    /// <summary>Repeats a run that fell: its seed.</summary>
    private const string SeedVariable = "YINXIN_ACTS_SEED";

    /// <summary>A run that every build has.</summary>
    private const int Kept = 20261128;

    private const int Plain = 8;
    private const int Represented = 4;
    private const int Rounds = 4;

    /// <summary>Behind which the clock moves; of the first of them, after the policy changed. Certificates are shown and revoked until then: trust lists live for weeks.</summary>
    private const int Early = 1;

    private const int Late = 2;

    /// <summary>Each level must come up in so many comparisons at least, or the run says little about it. The first acts of every run see to that.</summary>
    private const int LeastOfPeople = 2;

    private const int LeastOfCompanies = 1;

    private const string Hall = "样例市政务服务中心";
    private const string PolicyScope = "identity.policy identity.grade";

    /// <summary>Not just a year: whether the very day still counts is not what is asked here.</summary>
    private static readonly int[] Days = [40, 200, 330, 367, 400, 1900];

    private static readonly string[] Levels = ["none", "primary", "intermediate"];

    /// <summary>Who takes an answer back.</summary>
    private static readonly Dictionary<string, string> Authorities = new(StringComparer.Ordinal)
    {
        ["population-match"] = "population",
        ["unionpay-card"] = "bank-card",
        ["housing-fund-account"] = "housing-fund",
        ["alipay-account"] = "alipay",
        ["real-person"] = "real-person",
        ["tax-account"] = "tax",
        ["market-registry-match"] = "market",
        ["organisation-code-match"] = "quality",
    };

    private readonly IdentityFixture identity;
    private readonly List<ActsPerson> people = [];
    private readonly List<ActsCompany> companies = [];
    private readonly Dictionary<string, int> seenOfPeople = Levels.ToDictionary(level => level, _ => 0, StringComparer.Ordinal);
    private readonly Dictionary<string, int> seenOfCompanies = Levels.ToDictionary(level => level, _ => 0, StringComparer.Ordinal);
    private Random random = new(Kept);
    private int seed = Kept;
    private ActsRules rules = ActsRules.Ordinary;
    private ActsSubject? at;
    private TrustStand? trust;
    private Official auditor = null!;
    private Official window = null!;
    private int changes = 1000;

    protected AssuranceActsSuite(IdentityFixture identity) => this.identity = identity;

    private string Named => string.Create(CultureInfo.InvariantCulture, $"{SeedVariable}={seed}");

    private DateTimeOffset Moment => identity.Time.GetUtcNow();

    [Fact]
    public Task After_every_act_of_the_run_that_is_kept_grade_store_and_token_say_what_the_rules_say() => RunAsync(Kept);

    [Fact]
    public Task After_every_act_of_a_run_of_its_own_grade_store_and_token_say_what_the_rules_say() => RunAsync(
        int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), CultureInfo.InvariantCulture, out var given) ? given : RandomNumberGenerator.GetInt32(int.MaxValue));

    private async Task RunAsync(int chosen)
    {
        (seed, random) = (chosen, new Random(chosen));
        try
        {
            await LiveAsync();
        }
        catch (Exception e) when (!e.Message.Contains(Named, StringComparison.Ordinal))
        {
            throw new InvalidOperationException(Story(e.Message, at), e);
        }
        finally
        {
            people.ForEach(person => person.Who.Dispose());
        }

        Assert.All(seenOfPeople, level => Assert.True(level.Value >= LeastOfPeople, string.Create(CultureInfo.InvariantCulture, $"{Named}: {level.Key} of people came up {level.Value} times.")));
        Assert.All(seenOfCompanies, level => Assert.True(level.Value >= LeastOfCompanies, string.Create(CultureInfo.InvariantCulture, $"{Named}: {level.Key} of organisations came up {level.Value} times.")));
    }

    private async Task LiveAsync()
    {
        // The other run on this server may have left another policy behind.
        var inForce = await PolicyAsync();
        if ((string?)inForce["name"] != ActsRules.Ordinary.Name)
        {
            await EnforceAsync(ActsRules.Ordinary);
        }

        await OfficialsComeAsync();
        await PeopleComeAsync();
        await CompareAllAsync();
        await using (var stand = await TrustStand.StartAnewAsync(identity, companies[0].Organisation.Uscc))
        {
            trust = stand;
            for (var round = 0; round <= Early; round++)
            {
                await RoundAsync(round);
            }

            trust = null;
        }

        // No bundle of those weeks is remembered: whoever looks at certificates at night finds no trust list, and leaves them as they are.
        ((MemoryCache)identity.Services.GetRequiredService<IMemoryCache>()).Clear();
        await EnforceAsync(ActsRules.Draw(random));
        await CompareAllAsync();
        await TimePassesAsync(Days[random.Next(Days.Length)]);
        for (var round = Early + 1; round < Rounds; round++)
        {
            await RoundAsync(round);
            if (round == Late)
            {
                await TimePassesAsync(Days[random.Next(Days.Length)]);
            }
        }
    }

    private async Task PeopleComeAsync()
    {
        for (var i = 0; i < Plain + Represented; i++)
        {
            Applicant applicant;
            if (i < Plain)
            {
                applicant = await Applicant.RegisteredAsync(identity);
                people.Add(new ActsPerson(i, applicant, await identity.KeyOfAsync(applicant.Person.IdNumber), Moment));
                continue;
            }

            (applicant, var organisation, var id) = await Organisations.RegisteredAsync(identity);
            people.Add(new ActsPerson(i, applicant, await identity.KeyOfAsync(applicant.Person.IdNumber), Moment));
            companies.Add(new ActsCompany(i - Plain, organisation, id, people[i], Moment));
        }
    }

    private async Task RoundAsync(int round)
    {
        foreach (var person in people.Where(p => !p.Dead))
        {
            at = person;
            await ActAsync(person, round);
            await CompareAsync(person);

            // A death, or an account that goes to another, is one of an organisation's representative as well.
            foreach (var company in companies.Where(c => c.Representative == person))
            {
                await CompareAsync(company);
            }
        }

        foreach (var company in companies.Where(c => !c.Dissolved))
        {
            at = company;
            await ActAsync(company, round);
            await CompareAsync(company);
        }
    }

    private async Task OfficialsComeAsync()
    {
        auditor = await Official.SignInAsync(identity, "auditor", PolicyScope);
        window = await Official.SignInAsync(identity, "window", "identity.counter");
    }

    /// <summary>Everybody comes back after days, with the password alone.</summary>
    private async Task TimePassesAsync(int days)
    {
        identity.Time.Advance(TimeSpan.FromDays(days));
        await OfficialsComeAsync();
        await using (var scope = identity.Services.CreateAsyncScope())
        {
            // As the server does by itself within a second, whichever comes first: tokens never wait for what is stored.
            await scope.ServiceProvider.GetRequiredService<GradeExpiry>().StepAsync(TestContext.Current.CancellationToken);
        }

        var passed = string.Create(CultureInfo.InvariantCulture, $"{days} days pass");
        companies.ForEach(company => company.Note(passed));
        foreach (var person in people)
        {
            person.Note(passed);
            if (!person.Dead)
            {
                await ComeBackAsync(person);
            }
        }

        await CompareAllAsync();
    }

    private async Task ComeBackAsync(ActsPerson person)
    {
        person.Who.Dispose();
        person.Who = new Applicant(identity, person.Person);
        person.ShowedTwoFactors = false;
        Expect(person, HttpStatusCode.Found, await person.Who.Browser.SignInAsync(person.Person.IdNumber, person.Password));
    }

    /// <summary>One official proposes and tries it, another puts it in force, everybody is graded anew; the tokens of before end, the officials' too.</summary>
    private async Task EnforceAsync(ActsRules next)
    {
        var (proposer, second) = (await Official.SignInAsync(identity, "security", PolicyScope), await Official.SignInAsync(identity, "security-second", PolicyScope));
        var policy = await PolicyAsync();
        next.WriteTo(policy);
        var proposed = await proposer.PostAsync("/api/assurance-policies", new { policy, note = "样例：随机演练" });
        Assert.True(proposed.Status == HttpStatusCode.Created, $"{Named}: {proposed.Body} to {next}");
        var path = $"/api/assurance-policies/{proposed["version"]}";
        await FinishAsync(proposer, await proposer.PostAsync(path + "/dry-runs"));
        var activated = await second.PostAsync(path + "/activation");
        rules = next;
        people.ForEach(person => person.Note("another policy"));
        companies.ForEach(company => company.Note("another policy"));
        await OfficialsComeAsync();
        await FinishAsync(auditor, activated);
    }

    private async Task<JsonObject> PolicyAsync() => JsonNode.Parse(await identity.Http.GetStringAsync("/assurance-policy"))!.AsObject();

    private async Task FinishAsync(Official official, Answer accepted)
    {
        Assert.True(accepted.Status == HttpStatusCode.Accepted, $"{Named}: {accepted.Status} {accepted.Body}");
        await Messages.UntilAsync(async () => (await official.GetAsync(accepted.Response.Headers.Location!.OriginalString))["state"] == "done");
    }

    private async Task CompareAllAsync()
    {
        foreach (var person in people)
        {
            await CompareAsync(person);
        }

        foreach (var company in companies)
        {
            await CompareAsync(company);
        }
    }

    private async Task CompareAsync(ActsPerson person)
    {
        at = person;
        var level = LevelOf(person);
        seenOfPeople[level]++;
        await CompareGradeAsync(person, $"/api/accounts/{person.Key}/grade", level, rules.CarryingOf(person: true, person.Ledger.Standing, Moment));
        if (person.Dead || person.Locked)
        {
            return;
        }

        var tokens = companies.Exists(c => Acts(person, c))
            ? await Company.SignInAsync(person.Who, "", new RelyingParty(identity), "openid profile")
            : await person.Who.Browser.TokensAsync(new RelyingParty(identity), ("scope", "openid profile"));
        Assert.True(LevelIn(tokens) == OfSession(person), Story($"The token says {LevelIn(tokens)}, not {OfSession(person)}", person));
    }

    /// <summary>As officials are told it, and by the token of whoever represents it, who is compared as well: himself last, so that his session is not the organisation's.</summary>
    private async Task CompareAsync(ActsCompany company)
    {
        at = company;
        var level = LevelOf(company);
        seenOfCompanies[level]++;
        await CompareGradeAsync(company, $"/api/organisations/{company.Id}/grade", level, rules.CarryingOf(person: false, company.Ledger.Standing, Moment));
        var representative = company.Representative;
        if (!Acts(representative, company))
        {
            return;
        }

        // No more than the organisation's, and no more than the representative's own.
        var tokens = await Company.SignInAsync(representative.Who, company.Id.ToString(), new RelyingParty(identity), "openid profile");
        var own = OfSession(representative);
        var expected = Array.IndexOf(Levels, own) < Array.IndexOf(Levels, level) ? own : level;
        var said = Answer.Claims(tokens.IdToken).GetProperty("act_for").GetProperty("assurance").GetString();
        Assert.True((LevelIn(tokens), said) == (expected, level), Story($"The token for it says {LevelIn(tokens)} and {said}, not {expected} and {level}; it is represented by {representative}", company));
        await CompareAsync(representative);
    }

    private async Task CompareGradeAsync(ActsSubject subject, string address, string level, string carrying)
    {
        var grade = await auditor.GetAsync(address);
        Assert.True((grade["level"], grade["chain"]) == (level, "whole"), Story($"The grade says {grade["level"]}, {grade["chain"]}, not {level}", subject));
        var shown = string.Join(' ', grade.Body.GetProperty("evidence").EnumerateArray().Select(e => e.GetProperty("kind").GetString()!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.True(shown == carrying, Story($"It is said to rest on {shown}, not on {carrying}", subject));
        var stored = await identity.ReadAsync($"SELECT \"Level\" FROM \"Grades\" WHERE LOWER(CAST(\"SubjectId\" AS TEXT)) = '{subject.Key}'");
        Assert.True(string.Equals(stored, level, StringComparison.OrdinalIgnoreCase), Story($"The stored grade is {stored}, not {level}", subject));
    }

    /// <summary>Whether this person can act for it now.</summary>
    private static bool Acts(ActsPerson person, ActsCompany company) => company.Representative == person && company is { Rests: false, Dissolved: false } && person is { Dead: false, Locked: false };

    /// <summary>A session that showed one factor carries Primary at most.</summary>
    private string OfSession(ActsPerson person)
    {
        var level = LevelOf(person);
        return level == "intermediate" && !person.ShowedTwoFactors ? "primary" : level;
    }

    private string LevelOf(ActsPerson person) => rules.LevelOf(person: true, person.Ledger.Standing, Moment);

    private string LevelOf(ActsCompany company) => rules.LevelOf(person: false, company.Ledger.Standing, Moment);

    private static string LevelIn(Answer tokens) => Answer.Claims(tokens.IdToken).TryGetProperty("acr", out var said) ? said.GetString()!.Split(':')[^1] : "none";

    private void Expect(ActsSubject subject, HttpStatusCode expected, HttpResponseMessage answer) => Assert.True(answer.StatusCode == expected, Story($"{answer.StatusCode}", subject));

    private void Expect(ActsSubject subject, string location, HttpResponseMessage answer) =>
        Assert.True(answer.Headers.Location?.OriginalString == location, Story($"{answer.StatusCode} {answer.Headers.Location}, not {location}", subject));

    private string Story(string what, ActsSubject? subject) => $"{what} ({Named}, {rules}): {subject}";
}

public sealed class AssuranceActsOnSqlite(SqliteIdentity identity) : AssuranceActsSuite(identity), IClassFixture<SqliteIdentity>;

public sealed class AssuranceActsOnPostgres(PostgresIdentity identity) : AssuranceActsSuite(identity), IClassFixture<PostgresIdentity>;
