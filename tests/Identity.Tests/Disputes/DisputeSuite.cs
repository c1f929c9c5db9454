using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Console;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;

namespace Yinxin.Identity.Tests.Disputes;

/// <summary>An account goes to its rightful holder by two officials, or stays where it is; what each party, and whoever is neither, can do meanwhile.</summary>
public abstract class DisputeSuite(IdentityFixture identity)
{
    [Fact]
    public async Task A_taken_over_account_goes_from_a_slip_at_registration_to_its_rightful_holder()
    {
        using var quarrel = await Quarrel.WithSlipAsync(identity);
        var (holder, person) = (quarrel.Holder, quarrel.Person);
        await holder.FillAsync("/account/raise/bank-card", ("CardNumber", person.BankCard));
        await AuthenticatorOnPhone.PairAsync(holder, identity.Time);
        var party = new RelyingParty(identity);
        var tokens = await party.RedeemAsync(RelyingParty.Code((await holder.Browser.GetAsync(party.AuthorizeUrl())).Headers.Location!));
        using var first = await Officer.SignInAsync(identity, "counter-one");
        using var second = await Officer.SignInAsync(identity, "counter-two");
        var before = await identity.RowsAsync($"\"Evidence\" WHERE \"SubjectId\" = '{await identity.KeyOfAsync(person.IdNumber)}'");

        // Opened: frozen at once.
        var opened = await quarrel.OpenAsync(first);
        Assert.Equal(quarrel.Slip, opened.Number);
        Assert.Contains("/sign-in?", (await holder.Browser.GetAsync("/account")).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await party.RefreshAsync(tokens.RefreshToken)).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await SignInAsync(person, Applicant.Password));

        // The holder is heard, once.
        var code = await quarrel.HolderCodeAsync(identity);
        Assert.Equal("/disputes/mine", (await holder.FillAsync("/disputes", ("Number", opened.Number.ToLowerInvariant()), ("Code", code.ToUpperInvariant()))).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await holder.FillAsync("/disputes/mine", ("Answer", "contradict"), ("Text", "短"))).StatusCode);
        Assert.Equal("/disputes/mine", (await holder.FillAsync("/disputes/mine", ("Answer", "contradict"), ("Text", "样例：这是我本人注册的账号"))).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.Conflict, (await holder.FillAsync("/disputes", "/disputes/mine", ("Answer", "agree"), ("Text", "样例：我改主意了"))).StatusCode);
        Assert.Contains("持有人反对", await holder.ReadAsync("/disputes/mine"), StringComparison.Ordinal);

        // Decided by another official.
        Assert.Contains("样例：这是我本人注册的账号", await second.ReadAsync(opened.Address), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await Quarrel.DecideAsync(second, opened.Address, "grant")).StatusCode);
        await identity.WaitForWordsAsync(person.Phone, "账号交还证件持有人");

        // The former holder is out, by every door.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await SignInAsync(person, Applicant.Password));
        Assert.Equal(HttpStatusCode.BadRequest, (await party.RefreshAsync(tokens.RefreshToken)).Status);
        Assert.NotEqual(HttpStatusCode.OK, (await party.UserInfoAsync(tokens.AccessToken)).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await holder.FillAsync("/recover/ticket", ("IdNumber", person.IdNumber), ("Ticket", code))).StatusCode);

        // The claimant sees the decision and opens the account with the receipt's code, once.
        Assert.Equal("/disputes/mine", (await quarrel.Claimant.FillAsync("/disputes", ("Number", opened.Number), ("Code", opened.Code))).Headers.Location?.OriginalString);
        var seen = await quarrel.Claimant.ReadAsync("/disputes/mine");
        Assert.Contains("账号已交还给您", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("样例：这是我本人注册的账号", seen, StringComparison.Ordinal);
        using var rightful = new Forgetful(identity, person);
        await RedeemAsync(rightful, person, opened.Code);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await rightful.FillAsync("/recover/ticket", ("IdNumber", person.IdNumber), ("Ticket", opened.Code))).StatusCode);
        using var browser = identity.NewBrowser();
        Assert.Equal("/account", (await browser.SignInAsync(person.IdNumber, Forgetful.NewPassword, "/account")).Headers.Location?.OriginalString);
        var account = await browser.ReadAsync("/account");
        Assert.Contains("id=\"level\">中级<", account, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await SignInAsync(person, Applicant.Password));

        // Wrong evidence is withdrawn and still there; the chain holds.
        Assert.True(await identity.RowsAsync($"\"Evidence\" WHERE \"SubjectId\" = '{await identity.KeyOfAsync(person.IdNumber)}'") > before);
        using var auditor = await Officer.SignInAsync(identity, "auditor");
        var shown = await auditor.ReadAsync($"/console/accounts/{await auditor.FindAsync("IdNumber", person.IdNumber)}");
        Assert.Contains("证据链完整", shown, StringComparison.Ordinal);
        Assert.Contains("一致，后被撤回", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(Quarrel.Finding, await auditor.ReadAsync(opened.Address), StringComparison.Ordinal);
        Assert.Equal(0, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Details\" LIKE '%{person.IdNumber}%' OR \"Details\" LIKE '%{opened.Code}%'"));
        foreach (var action in (string[])["dispute.slip", "dispute.opened", "dispute.answered", "dispute.granted", "account.handedOver"])
        {
            Assert.Equal(1, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = '{action}' AND \"SubjectId\" = '{(await identity.KeyOfAsync(person.IdNumber)).ToLowerInvariant()}' AND \"Result\" = 'ok'"));
        }
    }

    [Fact]
    public async Task Whoever_cannot_sign_in_finds_the_dispute_by_a_link_and_on_paper_by_its_whole_address()
    {
        using var quarrel = await Quarrel.WithSlipAsync(identity);
        foreach (var page in (string[])["/sign-in", "/recover", "/frozen", "/register/taken"])
        {
            Assert.Contains("href=\"/disputes\"", await quarrel.Claimant.ReadAsync(page), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.OK, (await quarrel.Claimant.Browser.GetAsync("/disputes")).StatusCode);
        using var officer = await Officer.SignInAsync(identity, "counter-one");
        var receipt = await Officer.TextAsync(await officer.FillAsync("/console/disputes/new", "", quarrel.Form()));
        Assert.Contains($">{identity.Issuer}/disputes<", receipt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rejected_dispute_leaves_the_holder_as_before()
    {
        using var quarrel = await Quarrel.NewAsync(identity);
        var person = quarrel.Person;
        await quarrel.Holder.FillAsync("/account/raise/bank-card", ("CardNumber", person.BankCard));
        using var first = await Officer.SignInAsync(identity, "counter-one");
        using var security = await Officer.SignInAsync(identity, "security");
        var opened = await quarrel.OpenAsync(first, ("DocumentKind", "passport"), ("DocumentNumber", "E12345678"));
        var page = await security.ReadAsync(opened.Address);
        Assert.Contains("******678", page, StringComparison.Ordinal);
        Assert.DoesNotContain("E12345678", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await security.FillAsync(opened.Address, "", ("Decision", "reject"), ("Reasons", "短"), ("NoInterest", "true"))).StatusCode);
        var named = await security.FillAsync(opened.Address, "", ("Decision", "reject"), ("Reasons", "样例：证件号 " + person.IdNumber), ("NoInterest", "true"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, named.StatusCode);
        Assert.Contains("请去掉身份证号、手机号", await Officer.TextAsync(named), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await Quarrel.DecideAsync(security, opened.Address, "reject")).StatusCode);

        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(person.IdNumber, Applicant.Password)).StatusCode);
        Assert.Contains("id=\"level\">中级<", await browser.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Contains("已驳回", await browser.ReadAsync("/account/notices"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await quarrel.Claimant.FillAsync("/recover/ticket", ("IdNumber", person.IdNumber), ("Ticket", opened.Code))).StatusCode);
        await quarrel.Claimant.FillAsync("/disputes", ("Number", opened.Number), ("Code", opened.Code));
        Assert.Contains("样例：证件与人口库一致", await quarrel.Claimant.ReadAsync("/disputes/mine"), StringComparison.Ordinal);

        // Another one may be opened later.
        Assert.NotEqual(opened.Number, (await quarrel.OpenAsync(first)).Number);
    }

    [Fact]
    public async Task A_freeze_of_before_the_dispute_is_there_again_after_it_and_lifts_no_dispute()
    {
        using var quarrel = await Quarrel.NewAsync(identity);
        await quarrel.Holder.FillAsync("/account/freeze");
        using var first = await Officer.SignInAsync(identity, "counter-one");
        using var second = await Officer.SignInAsync(identity, "counter-two");
        var opened = await quarrel.OpenAsync(first);
        Assert.Equal("identity-dispute", await identity.FrozenAsync(quarrel.Person));
        Assert.Equal(HttpStatusCode.Conflict, (await ActAsync(second, "unfreeze", quarrel.Person)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await ActAsync(second, "verify", quarrel.Person)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await ActAsync(second, "lost-phone", quarrel.Person)).StatusCode);
        using var security = await Officer.SignInAsync(identity, "security");
        var account = await security.FindAsync("IdNumber", quarrel.Person.IdNumber);
        Assert.Equal(HttpStatusCode.Conflict, (await security.FillAsync($"/console/accounts/{account}/freeze", "", ("Reason", "settled"), ("Explanation", "样例：尝试绕过争议"))).StatusCode);
        Assert.Equal("identity-dispute own-wish", await identity.StandingAsync(quarrel.Person));
        await Quarrel.DecideAsync(second, opened.Address, "reject");
        Assert.Equal("own-wish", await identity.FrozenAsync(quarrel.Person));
        Assert.Equal(HttpStatusCode.OK, (await ActAsync(second, "unfreeze", quarrel.Person)).StatusCode);
        Assert.Equal("", await identity.FrozenAsync(quarrel.Person));
    }

    [Fact]
    public async Task The_holder_is_heard_before_the_account_goes_and_may_answer_at_a_counter()
    {
        using var silent = await Quarrel.NewAsync(identity);
        using var present = await Quarrel.NewAsync(identity);
        using var first = await Officer.SignInAsync(identity, "counter-one");
        using var second = await Officer.SignInAsync(identity, "counter-two");
        var (unheard, heard) = (await silent.OpenAsync(first), await present.OpenAsync(first));
        var refused = await Quarrel.DecideAsync(second, unheard.Address, "grant");
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("尚未答复", await Officer.TextAsync(refused), StringComparison.Ordinal);

        // Not by who opened it, and «does not contradict» not without the code on the holder's phone; who wrote it down does not decide.
        (string, string)[] agrees = [("Answer", "agree"), ("Text", "样例：是家人代为注册")];
        (string, string) paper = ("DocumentChecked", "true"), code = ("Code", await present.HolderCodeAsync(identity));
        using var third = await Officer.SignInAsync(identity, "counter-namesake");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await third.FillAsync(heard.Address, "Answer", agrees)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await third.FillAsync(heard.Address, "Answer", [.. agrees, paper])).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await third.FillAsync(heard.Address, "Answer", [.. agrees, paper, ("Code", "aaaa-aaaa-aaaa")])).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await first.ForgeAsync(heard.Address + "?handler=Answer", [.. agrees, paper, code])).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await third.FillAsync(heard.Address, "Answer", [.. agrees, paper, code])).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Quarrel.DecideAsync(third, heard.Address, "grant")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Quarrel.DecideAsync(second, heard.Address, "grant")).StatusCode);

        identity.Time.Advance(TimeSpan.FromDays(8));
        using var late = await Officer.SignInAsync(identity, "counter-two");
        Assert.Equal(HttpStatusCode.Conflict, (await late.FillAsync(unheard.Address, "Answer", ("Answer", "contradict"), ("Text", "样例：来晚了"), ("DocumentChecked", "true"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Quarrel.DecideAsync(late, unheard.Address, "grant")).StatusCode);
        Assert.Equal("handed-over", await identity.FrozenAsync(silent.Person));

        // A lost receipt: the counter gives the person another ticket, nobody else gets in.
        var ticket = Quarrel.Value(await Officer.TextAsync(await ActAsync(late, "lost-phone", silent.Person)), "secret");
        using var rightful = new Forgetful(identity, silent.Person);
        await RedeemAsync(rightful, silent.Person, ticket);
        Assert.Equal("", await identity.FrozenAsync(silent.Person));
    }

    [Fact]
    public async Task A_courts_order_goes_with_the_account_and_the_wrong_holders_former_phone_has_no_more_say()
    {
        using var quarrel = await Quarrel.NewAsync(identity);
        var person = quarrel.Person;
        var link = await StopLink.AfterChangeAsync(identity, quarrel.Holder);
        using var phone = identity.NewBrowser();
        var page = await (await phone.GetAsync(link)).Content.ReadAsStringAsync();
        using var first = await Officer.SignInAsync(identity, "counter-one");
        using var second = await Officer.SignInAsync(identity, "counter-two");
        using var third = await Officer.SignInAsync(identity, "counter-namesake");
        using var security = await Officer.SignInAsync(identity, "security");
        using var other = await Officer.SignInAsync(identity, "security-second");
        var opened = await quarrel.OpenAsync(first);
        var account = await security.FindAsync("IdNumber", person.IdNumber);
        foreach (var reason in (string[])["besides:court-order", "besides:stolen"])
        {
            Assert.Equal(HttpStatusCode.Found, (await other.DecideAsync(await security.ProposeAsync(account, reason), "approve")).StatusCode);
        }

        // One that is not decided when the account changes hands is about the wrong holder, too.
        var late = await security.ProposeAsync(account, "besides:fraud");
        Assert.Equal("court-order identity-dispute stolen", await identity.StandingAsync(person));
        Assert.Equal(HttpStatusCode.OK, (await third.FillAsync(opened.Address, "Answer", ("Answer", "contradict"), ("Text", "样例：这是我的账号"), ("DocumentChecked", "true"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Quarrel.DecideAsync(second, opened.Address, "grant")).StatusCode);
        Assert.Equal("handed-over", await identity.FrozenAsync(person));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await phone.SubmitAsync(link, page)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await other.DecideAsync(late, "approve")).StatusCode);
        Assert.Equal("court-order handed-over", await identity.StandingAsync(person));

        using var rightful = new Forgetful(identity, person);
        await RedeemAsync(rightful, person, opened.Code, "/recover/done?frozen=true");
        Assert.Contains("仍处于冻结", WebUtility.HtmlDecode(await (await rightful.Browser.GetAsync("/recover/done?frozen=true")).Content.ReadAsStringAsync()), StringComparison.Ordinal);
        Assert.Equal("court-order", await identity.StandingAsync(person));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await SignInAsync(person, Forgetful.NewPassword));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await phone.SubmitAsync(link, page)).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await other.DecideAsync(late, "refuse")).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await other.DecideAsync(await security.ProposeLiftingAsync(account), "approve")).StatusCode);
        Assert.Equal(HttpStatusCode.Found, await SignInAsync(person, Forgetful.NewPassword));
    }

    [Fact]
    public async Task An_account_that_is_given_away_twice_is_not_frozen_by_what_was_proposed_before_the_second_time()
    {
        using var quarrel = await Quarrel.NewAsync(identity);
        var person = quarrel.Person;
        using var first = await Officer.SignInAsync(identity, "counter-one");
        using var second = await Officer.SignInAsync(identity, "counter-two");
        using var third = await Officer.SignInAsync(identity, "counter-namesake");
        using var security = await Officer.SignInAsync(identity, "security");
        using var other = await Officer.SignInAsync(identity, "security-second");
        await GiveAwayAsync();
        Assert.Equal("handed-over", await identity.StandingAsync(person));
        var account = await security.FindAsync("IdNumber", person.IdNumber);
        var late = await security.ProposeAsync(account, "besides:fraud");
        var opened = await GiveAwayAsync();
        Assert.Equal("handed-over", await identity.StandingAsync(person));
        Assert.Equal(HttpStatusCode.Conflict, (await other.DecideAsync(late, "approve")).StatusCode);
        Assert.Equal("handed-over", await identity.StandingAsync(person));
        using var rightful = new Forgetful(identity, person);
        await RedeemAsync(rightful, person, opened.Code);
        Assert.Equal("", await identity.FrozenAsync(person));

        async Task<Quarrel.Opened> GiveAwayAsync()
        {
            var dispute = await quarrel.OpenAsync(first);
            Assert.Equal(HttpStatusCode.OK, (await third.FillAsync(dispute.Address, "Answer", ("Answer", "contradict"), ("Text", "样例：这是我的账号"), ("DocumentChecked", "true"))).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await Quarrel.DecideAsync(second, dispute.Address, "grant")).StatusCode);
            return dispute;
        }
    }

    [Fact]
    public async Task What_the_wrong_holder_represented_and_was_empowered_to_ends()
    {
        using var company = await Company.NewAsync(identity);
        using var other = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var given = await company.EmpowerAsync(agent);
        var held = await other.EmpowerAsync(company.Representative);
        using var quarrel = Quarrel.Of(identity, company.Representative);
        using var first = await Officer.SignInAsync(identity, "counter-one");
        using var second = await Officer.SignInAsync(identity, "counter-two");
        var opened = await quarrel.OpenAsync(first);
        await quarrel.Holder.FillAsync("/disputes", ("Number", opened.Number), ("Code", await quarrel.HolderCodeAsync(identity)));
        await quarrel.Holder.FillAsync("/disputes/mine", ("Answer", "agree"), ("Text", "样例：不是我的"));
        Assert.Equal(HttpStatusCode.OK, (await Quarrel.DecideAsync(second, opened.Address, "grant")).StatusCode);
        Assert.Equal("Suspended", await MandateAsync(given));
        Assert.Equal("Revoked", await MandateAsync(held));
        Assert.Equal(1, await identity.RowsAsync($"\"Organisations\" WHERE \"Uscc\" = '{company.Organisation.Uscc}' AND \"EndedAt\" IS NOT NULL"));

        // The rightful holder registers the organisation anew.
        using var rightful = new Forgetful(identity, quarrel.Person);
        await RedeemAsync(rightful, quarrel.Person, opened.Code);
        using var browser = identity.NewBrowser();
        await browser.SignInAsync(quarrel.Person.IdNumber, Forgetful.NewPassword);
        Assert.Equal("/account/organisations", (await browser.SubmitAsync(
            "/account/organisations/new", await browser.ReadAsync("/account/organisations/new"), ("Uscc", company.Organisation.Uscc), ("Name", company.Organisation.Name))).Headers.Location?.OriginalString);
    }

    private Task<string> MandateAsync(Guid id) => identity.ReadAsync($"SELECT \"State\" FROM \"Mandates\" WHERE LOWER(CAST(\"Id\" AS text)) = '{id}'");

    private static Task<HttpResponseMessage> ActAsync(Officer officer, string act, SyntheticPerson person) =>
        officer.FillAsync("/console/counter/" + act, "", ("IdNumber", person.IdNumber), ("Name", person.Name), ("Window", "3号窗口"), ("DocumentChecked", "true"));

    private async Task<HttpStatusCode> SignInAsync(SyntheticPerson person, string password)
    {
        using var browser = identity.NewBrowser();
        return (await browser.SignInAsync(person.IdNumber, password)).StatusCode;
    }

    private async Task RedeemAsync(Forgetful rightful, SyntheticPerson person, string ticket, string then = "/recover/done")
    {
        Assert.Equal("/recover/phone", (await rightful.FillAsync("/recover/ticket", ("IdNumber", person.IdNumber), ("Ticket", ticket))).Headers.Location?.OriginalString);
        await rightful.NewPhoneAsync(person.Phone);
        await rightful.TypeCodeAsync(await identity.WaitForCodeAsync(person.Phone, "recovery-new"));
        var done = await rightful.FinishAsync();
        Assert.True(done.Headers.Location?.OriginalString == then, await Applicant.TextAsync(done));
    }
}

[Collection(OnSqlite.Name)]
public sealed class DisputesOnSqlite(SqliteIdentity identity) : DisputeSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class DisputesOnPostgres(PostgresIdentity identity) : DisputeSuite(identity);
