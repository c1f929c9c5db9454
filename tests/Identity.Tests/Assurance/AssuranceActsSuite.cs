using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Sources;
using Yinxin.Identity.Tests.StepUp;

namespace Yinxin.Identity.Tests.Assurance;

/// <summary>
/// Two dozen people do at random what people do, and authorities report what they report, through the doors that they have; after every act the grade that officials are told and the level that a token says
/// are those of a judge who knows the rules and nothing else. On servers of its own: it moves the clock by years.
/// </summary>
public abstract class AssuranceActsSuite(IdentityFixture identity)
{
    private const int Seed = 20261128;
    private const int People = 24;
    private const int Rounds = 4;

    /// <summary>Each level must come up in so many comparisons at least, or the run says little about it.</summary>
    private const int LeastSeen = 5;

    private const string Hall = "样例市政务服务中心";

    /// <summary>Not just a year: whether the very day still counts is not what is asked here.</summary>
    private static readonly int[] Days = [40, 200, 330, 367, 400, 1900];

    private static readonly Dictionary<string, string> Authorities = new(StringComparer.Ordinal)
    {
        ["population-match"] = "population",
        ["unionpay-card"] = "bank-card",
        ["housing-fund-account"] = "housing-fund",
        ["alipay-account"] = "alipay",
        ["real-person"] = "real-person",
    };

    private static readonly string[] Online = ["unionpay-card", "housing-fund-account", "alipay-account", "real-person"];

    private readonly Random random = new(Seed);
    private readonly Dictionary<string, int> seen = new(StringComparer.Ordinal) { ["none"] = 0, ["primary"] = 0, ["intermediate"] = 0 };
    private Official auditor = null!;
    private Official window = null!;
    private int changes = 1000;

    [Fact]
    public async Task After_every_act_grade_and_token_say_what_the_rules_say()
    {
        List<Life> lives = [];
        try
        {
            for (var i = 0; i < People; i++)
            {
                var applicant = await Applicant.RegisteredAsync(identity);
                lives.Add(new Life(i, applicant, await identity.KeyOfAsync(applicant.Person.IdNumber)));
            }

            await OfficialsComeAsync();
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var life in lives.Where(l => !l.Dead))
                {
                    await ActAsync(life, lives);
                    await CompareAsync(life);
                }

                if (round is 1 or 2)
                {
                    await TimePassesAsync(Days[random.Next(Days.Length)], lives);
                }
            }
        }
        finally
        {
            lives.ForEach(life => life.Who.Dispose());
        }

        Assert.All(seen, level => Assert.True(level.Value >= LeastSeen, $"Seed {Seed}: {level.Key} came up {level.Value} times."));
    }

    private async Task OfficialsComeAsync()
    {
        auditor = await Official.SignInAsync(identity, "auditor", "identity.grade");
        window = await Official.SignInAsync(identity, "window", "identity.counter");
    }

    /// <summary>Everybody comes back after days, with the password alone.</summary>
    private async Task TimePassesAsync(int days, List<Life> lives)
    {
        identity.Time.Advance(TimeSpan.FromDays(days));
        await OfficialsComeAsync();
        foreach (var life in lives)
        {
            life.Note(string.Create(CultureInfo.InvariantCulture, $"{days} days pass"));
            if (!life.Dead)
            {
                life.Who.Dispose();
                life.Who = new Applicant(identity, life.Person);
                life.ShowedTwoFactors = false;
                Expect(life, HttpStatusCode.Found, (await life.Who.Browser.SignInAsync(life.Person.IdNumber, Applicant.Password)).StatusCode);
            }

            await CompareAsync(life);
        }
    }

    private async Task ActAsync(Life life, List<Life> lives)
    {
        var now = identity.Time.GetUtcNow();
        var act = random.Next(20);
        if (!life.Has("population-match", now) && act < 8)
        {
            await ConfirmAsync(life);
            return;
        }

        switch (act)
        {
            case < 8:
                await RaiseAsync(life, Online[act / 2]);
                break;
            case < 10:
                var person = life.Person;
                life.Note("counter");
                Expect(life, HttpStatusCode.Created, (await window.PostAsync("/api/counter-verifications", new { person.IdNumber, person.Name, hall = Hall, hallLevel = "city", window = "1", documentChecked = true })).Status);
                life.Prove("counter", now.AddYears(5));
                break;
            case 10:
                // Somebody else's card.
                life.Note("another's card");
                var other = lives[(life.Number + 1) % lives.Count].Person;
                await ShowTwoFactorsAsync(life);
                Expect(life, HttpStatusCode.UnprocessableEntity, (await life.Who.FillAsync("/account/raise/bank-card", ("CardNumber", other.BankCard))).StatusCode);
                break;
            case 11:
                life.Note("no consent");
                Expect(life, HttpStatusCode.UnprocessableEntity, (await life.Who.Browser.GetAsync(await RaisingActs.ConsentAsync(identity, life.Who, null))).StatusCode);
                break;
            case 12:
                life.Note("a photo before the camera");
                Expect(life, HttpStatusCode.UnprocessableEntity, (await life.Who.Browser.GetAsync(await RaisingActs.CaptureAsync(identity, life.Who, "/account/raise/real-person?ReturnUrl=/account", "still-photo"))).StatusCode);
                break;
            case < 17:
                await WithdrawAsync(life, now, match: act < 15);
                break;
            case < 19:
                await RenameAsync(life, now);
                break;
            default:
                life.Note("death");
                Assert.Equal("frozen", await AuthorityEvents.HappenAsync(identity, "population", id => new { id, number = ++changes, kind = "deceased", idNumber = life.Person.IdNumber }));
                life.Die();
                break;
        }
    }

    private async Task RaiseAsync(Life life, string kind)
    {
        life.Note(kind);
        if (kind is "unionpay-card" or "housing-fund-account")
        {
            await ShowTwoFactorsAsync(life);
        }

        Expect(life, HttpStatusCode.Found, (await RaisingActs.RaiseAsync(identity, life.Who, kind)).StatusCode);
        life.Prove(kind, identity.Time.GetUtcNow().AddYears(1));

        // Whoever showed the face has shown it to this session as well.
        life.ShowedTwoFactors |= kind == "real-person";
    }

    /// <summary>Ways that compare a number alone ask a session that has shown the password and nothing else for more.</summary>
    private async Task ShowTwoFactorsAsync(Life life)
    {
        if (!life.ShowedTwoFactors)
        {
            life.Note("a code to the phone");
            Expect(life, HttpStatusCode.Found, (await life.Who.Browser.StrengthenAsync(identity, life.Person.Phone)).StatusCode);
            life.ShowedTwoFactors = true;
        }
    }

    /// <summary>The particulars compared anew, after the match was taken back.</summary>
    private async Task ConfirmAsync(Life life)
    {
        life.Note("population-match");
        var person = life.Person;
        Expect(life, HttpStatusCode.Found, (await life.Who.FillAsync("/account/raise/population", ("IdNumber", person.IdNumber), ("Name", person.Name), ("Sex", person.Sex), ("Ethnicity", person.Ethnicity))).StatusCode);
        life.Prove("population-match", null);
    }

    /// <summary>Its source takes an answer back that still counts; where there is none, another proof is given.</summary>
    private async Task WithdrawAsync(Life life, DateTimeOffset now, bool match)
    {
        // What a change of name put in the place of a match is a notice, not an answer.
        var live = Authorities.Keys.Where(kind => life.Has(kind, now) && match == (kind == "population-match") && !(match && life.Renamed)).ToList();
        if (live.Count == 0)
        {
            await RaiseAsync(life, "unionpay-card");
            return;
        }

        var taken = live[random.Next(live.Count)];
        life.Note(taken + " withdrawn");
        var receipt = await identity.ReadAsync(
            $"SELECT \"ReferenceAtSource\" FROM \"Evidence\" WHERE \"Kind\" = '{taken}' AND \"SubjectId\" = '{life.Key}' AND \"State\" = 'Active' AND \"Result\" = 'Agreed' ORDER BY \"Place\" DESC LIMIT 1");
        var outcome = await AuthorityEvents.WithdrawAsync(identity, Authorities[taken], receipt);
        Assert.True(outcome == "withdrawn", $"{outcome}: {life}");
        life.Lose(taken);
    }

    /// <summary>A new name: the register's own word is the new match, the counter saw the person, and all else was proved of somebody who is no longer called so.</summary>
    private async Task RenameAsync(Life life, DateTimeOffset now)
    {
        life.Note("new name");
        var name = "样" + "甲乙丙丁戊己庚辛壬癸"[++changes % 10] + "乾坤震巽坎离艮兑"[changes % 8];
        (await identity.Sandbox.Http.PostAsJsonAsync("/changes/v1/samples", new { kind = "name-changed", idNumber = life.Person.IdNumber, name, push = false })).EnsureSuccessStatusCode();
        Assert.Equal("corrected", await AuthorityEvents.HappenAsync(identity, "population", id => new { id, number = changes, kind = "name-changed", idNumber = life.Person.IdNumber, name }));
        life.Rename(name, now);
    }

    private async Task CompareAsync(Life life)
    {
        var level = life.Level(identity.Time.GetUtcNow());
        seen[level]++;
        var grade = await auditor.GetAsync($"/api/accounts/{life.Key}/grade");
        Assert.True((grade["level"], grade["chain"]) == (level, "whole"), $"The grade says {grade["level"]}, {grade["chain"]}: {life}");
        if (life.Dead)
        {
            return;
        }

        var tokens = await life.Who.Browser.TokensAsync(new RelyingParty(identity), ("scope", "openid profile"));
        var acr = Answer.Claims(tokens.IdToken).TryGetProperty("acr", out var said) ? said.GetString()!.Split(':')[^1] : "none";
        Assert.True(acr == (level == "intermediate" && !life.ShowedTwoFactors ? "primary" : level), $"The token says {acr}: {life}");
    }

    private static void Expect(Life life, HttpStatusCode expected, HttpStatusCode status) => Assert.True(status == expected, $"{status}: {life}");

    /// <summary>One person, and the judge: domain/identity §2 and §4 in a few lines.</summary>
    private sealed class Life(int number, Applicant who, string key)
    {
        private static readonly string[] Further = ["counter", "unionpay-card", "housing-fund-account", "alipay-account", "real-person"];
        private readonly List<string> acts = [];
        private readonly Dictionary<string, DateTimeOffset?> standing = new(StringComparer.Ordinal) { ["population-match"] = null, ["phone-otp"] = null, ["password"] = null };

        public int Number => number;

        public string Key => key;

        public Applicant Who { get; set; } = who;

        public SyntheticPerson Person { get; private set; } = who.Person;

        /// <summary>Of the session: registration showed password and phone.</summary>
        public bool ShowedTwoFactors { get; set; } = true;

        public bool Renamed { get; private set; }

        public bool Dead { get; private set; }

        public void Note(string act) => acts.Add(act);

        public bool Has(string kind, DateTimeOffset now) => standing.TryGetValue(kind, out var until) && !(until <= now);

        public void Prove(string kind, DateTimeOffset? until)
        {
            standing[kind] = until;
            Renamed &= kind != "population-match";
        }

        public void Lose(string kind) => standing.Remove(kind);

        public void Rename(string name, DateTimeOffset now)
        {
            Person = Person with { Name = name };
            Renamed = Has("population-match", now);
            foreach (var kind in Further.Where(kind => kind != "counter"))
            {
                Lose(kind);
            }
        }

        public void Die()
        {
            Dead = true;
            standing.Clear();
        }

        public string Level(DateTimeOffset now) =>
            !Has("population-match", now) || !Has("phone-otp", now) || !Has("password", now) ? "none" : Array.Exists(Further, kind => Has(kind, now)) ? "intermediate" : "primary";

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"seed {Seed}, person {number}: {string.Join(" → ", acts)}");
    }
}

public sealed class AssuranceActsOnSqlite(SqliteIdentity identity) : AssuranceActsSuite(identity), IClassFixture<SqliteIdentity>;

public sealed class AssuranceActsOnPostgres(PostgresIdentity identity) : AssuranceActsSuite(identity), IClassFixture<PostgresIdentity>;
