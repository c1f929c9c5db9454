using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Console;
using Yinxin.Identity.Tests.Disputes;
using Yinxin.Identity.Tests.Sources;
using Yinxin.Identity.Tests.StepUp;

namespace Yinxin.Identity.Tests.Assurance;

/// <summary>What happens to people, and what the judge makes of it.</summary>
public abstract partial class AssuranceActsSuite
{
    /// <summary>Of the first round's dispute, which the claimant wins.</summary>
    private const int Wronged = 7;

    /// <summary>How much older than its import what is handed over is.</summary>
    private const int DaysBefore = 9;

    private const string Card = "unionpay-card";
    private const string Fund = "housing-fund-account";
    private const string Face = "real-person";
    private const string Match = "population-match";
    private const string Seen = "counter";

    /// <summary>What a name is compared with elsewhere; an official at a counter sees the person.</summary>
    private static readonly string[] Online = [Card, Fund, "alipay-account", Face];

    /// <summary>The first round, by number: each level comes up, and what is rare among the drawn.</summary>
    private static readonly PersonAct[] First =
    [
        PersonAct.MatchTakenBack, PersonAct.MatchTakenBack, PersonAct.Counter, PersonAct.Alipay, PersonAct.NewName, PersonAct.NewPhone, PersonAct.Import, PersonAct.Dispute,
        PersonAct.Fund, PersonAct.Card, PersonAct.Recovery, PersonAct.Face,
    ];

    /// <summary>In the second round.</summary>
    private static readonly Dictionary<int, PersonAct> Second = new()
    {
        [0] = PersonAct.Import,
        [2] = PersonAct.CounterTakenBack,
        [3] = PersonAct.Recovery,
        [9] = PersonAct.AnswerTakenBack,
    };

    private static readonly PersonAct[] Drawn =
    [
        PersonAct.Card, PersonAct.Card, PersonAct.Fund, PersonAct.Fund, PersonAct.Alipay, PersonAct.Alipay, PersonAct.Face, PersonAct.Face, PersonAct.Counter, PersonAct.Counter, PersonAct.OthersCard,
        PersonAct.NoConsent, PersonAct.Photo, PersonAct.MatchTakenBack, PersonAct.MatchTakenBack, PersonAct.AnswerTakenBack, PersonAct.AnswerTakenBack, PersonAct.NewName, PersonAct.NewName, PersonAct.NewPhone,
        PersonAct.Recovery, PersonAct.Import, PersonAct.Import, PersonAct.CounterTakenBack, PersonAct.Dispute, PersonAct.Death,
    ];

    private enum PersonAct
    {
        Card,
        Fund,
        Alipay,
        Face,
        Counter,
        OthersCard,
        NoConsent,
        Photo,
        MatchTakenBack,
        AnswerTakenBack,
        NewName,
        NewPhone,
        Recovery,
        Import,
        CounterTakenBack,
        Dispute,
        Death,
    }

    private async Task ActAsync(ActsPerson person, int round)
    {
        var act = round == 0 ? First[person.Number] : round == 1 && Second.TryGetValue(person.Number, out var second) ? second : Drawn[random.Next(Drawn.Length)];
        await (act switch
        {
            PersonAct.Card => RaiseAsync(person, Card),
            PersonAct.Fund => RaiseAsync(person, Fund),
            PersonAct.Alipay => RaiseAsync(person, "alipay-account"),
            PersonAct.Face => RaiseAsync(person, Face),
            PersonAct.OthersCard => ShowOthersCardAsync(person),
            PersonAct.NoConsent => RefuseConsentAsync(person),
            PersonAct.Photo => ShowPhotoAsync(person),
            PersonAct.MatchTakenBack => TakeAnswerBackAsync(person, [Match]),
            PersonAct.AnswerTakenBack => TakeAnswerBackAsync(person, Online),
            PersonAct.NewName => RenameAsync(person),
            PersonAct.NewPhone => ChangePhoneAsync(person),
            PersonAct.Recovery => RecoverAsync(person),
            PersonAct.Import => ImportAsync(person),
            PersonAct.CounterTakenBack => TakeCounterBackAsync(person),
            PersonAct.Dispute => DisputeAsync(person),
            PersonAct.Death => DieAsync(person),
            _ => ComeToCounterAsync(person),
        });
    }

    private async Task RaiseAsync(ActsPerson person, string kind)
    {
        if (!person.Ledger.Stands(Match))
        {
            await ConfirmAsync(person);
            return;
        }

        // The bank knows the number of before, and asks that phone; another suite does.
        kind = kind == Card && person.Phone != person.Person.Phone ? Fund : kind;
        person.Note(kind);
        if (kind is Card or Fund)
        {
            await ShowTwoFactorsAsync(person);
        }

        Expect(person, HttpStatusCode.Found, await RaisingActs.RaiseAsync(identity, person.Who, kind));
        person.Ledger.Prove(kind, Moment, Moment.AddYears(1));

        // Whoever showed the face has shown it to this session as well.
        person.ShowedTwoFactors |= kind == Face;
    }

    /// <summary>The particulars compared anew, after the match was taken back.</summary>
    private async Task ConfirmAsync(ActsPerson person)
    {
        person.Note(Match);
        var told = person.Person;
        Expect(person, HttpStatusCode.Found, await person.Who.FillAsync("/account/raise/population", ("IdNumber", told.IdNumber), ("Name", told.Name), ("Sex", told.Sex), ("Ethnicity", told.Ethnicity)));
        person.Ledger.Prove(Match, Moment);
    }

    /// <summary>Ways that compare a number alone ask a session that has shown the password and nothing else for more.</summary>
    private async Task ShowTwoFactorsAsync(ActsPerson person)
    {
        if (!person.ShowedTwoFactors)
        {
            person.Note("a code to the phone");
            Expect(person, HttpStatusCode.Found, await person.Who.Browser.StrengthenAsync(identity, person.Phone));
            person.ShowedTwoFactors = true;
        }
    }

    private async Task ComeToCounterAsync(ActsPerson person)
    {
        person.Note(Seen);
        var told = person.Person;
        var answer = await window.PostAsync("/api/counter-verifications", new { told.IdNumber, told.Name, hall = Hall, hallLevel = "city", window = "1", documentChecked = true });
        Assert.True(answer.Status == HttpStatusCode.Created, Story($"{answer.Status} {answer.Body}", person));
        person.Ledger.Prove(Seen, Moment, Moment.AddYears(5));
    }

    private async Task ShowOthersCardAsync(ActsPerson person)
    {
        person.Note("another's card");
        var other = people[(person.Number + 1) % people.Count].Person;
        await ShowTwoFactorsAsync(person);
        Expect(person, HttpStatusCode.UnprocessableEntity, await person.Who.FillAsync("/account/raise/bank-card", ("CardNumber", other.BankCard)));
    }

    private async Task RefuseConsentAsync(ActsPerson person)
    {
        person.Note("no consent");
        Expect(person, HttpStatusCode.UnprocessableEntity, await person.Who.Browser.GetAsync(await RaisingActs.ConsentAsync(identity, person.Who, null)));
    }

    private async Task ShowPhotoAsync(ActsPerson person)
    {
        person.Note("a photo before the camera");
        var back = await RaisingActs.CaptureAsync(identity, person.Who, "/account/raise/real-person?ReturnUrl=/account", "still-photo");
        Expect(person, HttpStatusCode.UnprocessableEntity, await person.Who.Browser.GetAsync(back));
    }

    /// <summary>Its source takes an answer back; where there is none, the counter gives one.</summary>
    private async Task TakeAnswerBackAsync(ActsPerson person, string[] kinds)
    {
        // A change of name that put a notice in the place of a match, and what a city handed over, are no answers.
        var answers = kinds.Where(person.Ledger.IsAnswer).ToList();
        if (answers.Count == 0)
        {
            await ComeToCounterAsync(person);
            return;
        }

        await TakeBackAsync(person, answers[random.Next(answers.Count)]);
    }

    private async Task TakeBackAsync(ActsSubject subject, string kind)
    {
        subject.Note(kind + " taken back");
        var receipt = await identity.ReadAsync(
            $"SELECT \"ReferenceAtSource\" FROM \"Evidence\" WHERE \"Kind\" = '{kind}' AND {Of(subject)} AND \"State\" = 'Active' AND \"Result\" = 'Agreed' ORDER BY \"Place\" DESC LIMIT 1");
        var outcome = await AuthorityEvents.WithdrawAsync(identity, Authorities[kind], receipt);
        Assert.True(outcome == "withdrawn", Story(outcome, subject));
        subject.Ledger.Lose(kind, Moment);
    }

    /// <summary>A new name: the register's own word is the new match, the counter saw the person, and all else was proved of somebody who is no longer called so.</summary>
    private async Task RenameAsync(ActsPerson person)
    {
        person.Note("new name");
        var name = "样" + "甲乙丙丁戊己庚辛壬癸"[++changes % 10] + "乾坤震巽坎离艮兑"[changes % 8];
        await HappenAsync(person, "corrected", "population", id => new { id, number = changes, kind = "name-changed", idNumber = person.Person.IdNumber, name });
        (await identity.Sandbox.Http.PostAsJsonAsync("/changes/v1/samples", new { kind = "name-changed", idNumber = person.Person.IdNumber, name, push = false })).EnsureSuccessStatusCode();
        person.Person = person.Person with { Name = name };
        person.WasRenamed = true;
        if (person.Ledger.Stands(Match))
        {
            person.Ledger.Prove(Match, Moment, answer: false);
        }

        Array.ForEach(Online, kind => person.Ledger.Lose(kind, Moment));
    }

    /// <summary>By both phones, or by the new one alone where the session shows a face: the new one is as proved as the former was.</summary>
    private async Task ChangePhoneAsync(ActsPerson person)
    {
        person.Note("new phone");
        var next = (await identity.Sandbox.NextPersonAsync()).Phone;
        Expect(person, "/account/phone/code", await person.Who.FillAsync("/account/phone", ("Phone", next)));
        var fresh = await identity.WaitForCodeAsync(next, "phone-change");
        var asked = (await identity.Sandbox.MessagesAsync(person.Phone)).Exists(m => m.Purpose == "phone-change-former");
        var former = asked ? await identity.WaitForCodeAsync(person.Phone, "phone-change-former") : "";
        Expect(person, "/account?done=phone", await person.Who.FillAsync("/account/phone/code", ("NewCode", fresh), ("FormerCode", former)));
        person.Phone = next;
        person.Ledger.Prove("phone-otp", Moment);
    }

    /// <summary>The password is forgotten: particulars, phone and a new password are proved, and whatever else raised the account is not.</summary>
    private async Task RecoverAsync(ActsPerson person)
    {
        person.Note("recovery");
        var sent = (await identity.Sandbox.MessagesAsync(person.Phone)).Count(m => m.Purpose == "recovery");
        using var forgetful = new Forgetful(identity, person.Now);
        await forgetful.ProvePhoneAsync(sent + 1);
        Expect(person, "/recover/done", await forgetful.FinishAsync(password: person.ChangePassword()));
        foreach (var kind in (string[])[Seen, .. Online])
        {
            person.Ledger.Lose(kind, Moment);
        }

        foreach (var kind in (string[])[Match, "phone-otp", "password"])
        {
            person.Ledger.Prove(kind, Moment);
        }

        await ComeBackAsync(person);
    }

    /// <summary>A city hands over what it once saw: it counts from then, and brings nothing back that was taken back since.</summary>
    private async Task ImportAsync(ActsPerson person)
    {
        var missing = Online.Where(k => !person.Ledger.Stands(k)).ToList();
        if (person.Ledger.Stands(Match) && missing.Count == 0)
        {
            await ComeToCounterAsync(person);
            return;
        }

        var kind = person.Ledger.Stands(Match) ? missing[random.Next(missing.Count)] : Match;
        person.Note(kind + " handed over");

        // No policy of a run refuses the source of matches.
        var (source, verifiedAt) = (kind == Match ? "yixian" : "hefei", Moment.AddDays(-DaysBefore));
        var row = HandedOver.RowOf(person.Now);
        row["evidence"] = new[] { new { kind, method = "as-recorded", assuredBy = "样例窗口", verifiedAt } };
        var answer = await HandedOver.SendAsync(identity, Guid.NewGuid(), source, JsonSerializer.Serialize(row));
        Assert.True((answer["linked"], answer["rejected"]) == ("1", "0"), Story($"{answer.Status} {answer.Body}", person));
        if (person.Ledger.MayReturn(kind, verifiedAt))
        {
            person.Ledger.Prove(kind, verifiedAt, answer: false, source: "import:" + source);
        }
    }

    private async Task TakeCounterBackAsync(ActsPerson person)
    {
        if (!person.Ledger.Stands(Seen))
        {
            await ComeToCounterAsync(person);
            return;
        }

        await WithdrawCounterAsync(person);
    }

    /// <summary>What was checked falsely at a counter, by two other officials.</summary>
    private async Task WithdrawCounterAsync(ActsSubject subject)
    {
        subject.Note("counter taken back");
        var evidence = (await identity.ReadAsync($"SELECT \"Id\" FROM \"Evidence\" WHERE \"Kind\" = 'counter' AND {Of(subject)} AND \"State\" = 'Active' ORDER BY \"Place\" DESC LIMIT 1")).ToLowerInvariant();
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var made = await first.FillAsync($"/console/counter-evidence/{evidence}", "", ("Reason", "counter-false"), ("Explanation", "样例：经查核验不实"));
        Expect(subject, HttpStatusCode.Found, made);
        Expect(subject, HttpStatusCode.Found, await second.DecideAsync(made.Headers.Location!.OriginalString, "approve"));
        subject.Ledger.Lose(Seen, Moment);
    }

    /// <summary>
    /// Another says that the account is theirs. Frozen meanwhile, it keeps what it has; where it goes to the claimant it has what two officials saw, and nobody's phone and password until it is opened.
    /// </summary>
    private async Task DisputeAsync(ActsPerson person)
    {
        if (person.WasDisputed)
        {
            await ComeToCounterAsync(person);
            return;
        }

        var granted = random.Next(2) == 0 || person.Number == Wronged;
        person.Note(granted ? "dispute, granted" : "dispute, rejected");
        person.WasDisputed = true;
        using var holder = new Applicant(identity, person.Now);
        using var quarrel = Quarrel.Of(identity, holder);
        using var first = await Officer.SignInAsync(identity, "counter-one");
        using var second = await Officer.SignInAsync(identity, "counter-two");
        var opened = await quarrel.OpenAsync(first);
        var seen = Moment;
        person.Locked = true;
        await CompareAsync(person);
        if (!granted)
        {
            Expect(person, HttpStatusCode.OK, await Quarrel.DecideAsync(second, opened.Address, "reject"));
            person.Locked = false;
            await ComeBackAsync(person);
            return;
        }

        var code = await quarrel.HolderCodeAsync(identity);
        Expect(person, "/disputes/mine", await holder.FillAsync("/disputes", ("Number", opened.Number), ("Code", code)));
        Expect(person, "/disputes/mine", await holder.FillAsync("/disputes/mine", ("Answer", "contradict"), ("Text", "样例：这是我本人注册的账号")));
        Expect(person, HttpStatusCode.OK, await Quarrel.DecideAsync(second, opened.Address, "grant"));
        person.Ledger.LoseAll(Moment);
        person.Ledger.Prove(Match, Moment);
        person.Ledger.Prove(Seen, seen, seen.AddYears(5));
        foreach (var company in companies.Where(c => c.Representative == person && c is { Rests: false, Dissolved: false }))
        {
            // All that the wrong holder showed for it was his word.
            company.Ledger.LoseAll(Moment);
            company.Rests = true;
            company.Note("its representative's account goes to another");
        }

        await CompareAsync(person);
        using var rightful = new Forgetful(identity, person.Now);
        Expect(person, "/recover/phone", await rightful.FillAsync("/recover/ticket", ("IdNumber", person.Person.IdNumber), ("Ticket", opened.Code)));
        await rightful.NewPhoneAsync(person.Phone);
        await rightful.TypeCodeAsync(await identity.WaitForCodeAsync(person.Phone, "recovery-new"));
        Expect(person, "/recover/done", await rightful.FinishAsync(password: person.ChangePassword()));
        person.Ledger.Prove("phone-otp", Moment);
        person.Ledger.Prove("password", Moment);
        person.Locked = false;
        await ComeBackAsync(person);
    }

    private async Task DieAsync(ActsPerson person)
    {
        person.Note("death");
        await HappenAsync(person, "frozen", "population", id => new { id, number = ++changes, kind = "deceased", idNumber = person.Person.IdNumber });
        person.Dead = true;
        person.Ledger.LoseAll(Moment);
        foreach (var company in companies.Where(c => c.Representative == person && c is { Rests: false, Dissolved: false }))
        {
            // The organisation is what it was; who represents it is open.
            company.Ledger.Lose("legal-representative-match", Moment);
            company.Rests = true;
            company.Note("its representative's death");
        }
    }

    private async Task HappenAsync(ActsSubject subject, string expected, string authority, Func<string, object> change)
    {
        var outcome = await AuthorityEvents.HappenAsync(identity, authority, change);
        Assert.True(outcome == expected, Story($"{outcome}, not {expected}", subject));
    }

    private static string Of(ActsSubject subject) => $"LOWER(CAST(\"SubjectId\" AS TEXT)) = '{subject.Key}'";
}
