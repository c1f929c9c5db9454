using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Tests.Console;
using Yinxin.Identity.Tests.Disputes;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;
using Yinxin.Identity.Tests.Presence;
using Yinxin.Identity.Tests.VerifiedClaims;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>Whoever reads all logs and traces, the most talkative level of our own included, learns nobody's number, name, phone, code or password, and no token.</summary>
public abstract partial class OverheardSuite(IdentityFixture identity, Overheard overheard)
{
    [Fact]
    public async Task Logs_and_traces_of_a_whole_run_hold_nothing_personal_and_nothing_secret()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await applicant.FillAsync("/account/raise/bank-card", ("CardNumber", applicant.Person.BankCard[..^1] + "x"))).StatusCode);
        await applicant.FillAsync("/account/raise/bank-card", ("CardNumber", applicant.Person.BankCard));
        await applicant.ReadAsync("/account");
        using var other = identity.NewBrowser();
        await other.SignInAsync(applicant.Person.IdNumber, "Wrong-password-81");
        await other.SignInAsync(applicant.Person.Phone, Applicant.Password);
        await identity.Sandbox.FailAsync("/population", "status=500", 3);
        using var second = await Applicant.NewAsync(identity);
        await second.TellAsync();
        await identity.Sandbox.RecoverAsync();
        var party = new RelyingParty(identity, "web", $"http://localhost:{identity.BasePort}/signin-oidc");
        var code = await party.CodeAsync("citizen", false, ("scope", "openid profile offline_access real_name"));
        var tokens = await party.RedeemAsync(code);
        var refreshed = await party.RefreshAsync(tokens.RefreshToken);
        await party.RedeemAsync(code);

        Assert.Contains(overheard.Lines, line => line.Contains("Polly", StringComparison.Ordinal));
        AssertUnheard("/connect/token",
        [
            ("ID number", applicant.Person.IdNumber), ("phone", applicant.Person.Phone.Replace("+86", "", StringComparison.Ordinal)), ("bank card", applicant.Person.BankCard), ("name", applicant.Person.Name),
            ("password", Applicant.Password), ("wrong password", "Wrong-password-81"), ("second ID number", second.Person.IdNumber), ("sample ID number", "340102199001011232"),
            ("code", code), ("access token", Signature(tokens.AccessToken)), ("refresh token", Signature(tokens.RefreshToken)), ("new access token", Signature(refreshed.AccessToken)),
            ("ID token", Signature(tokens.IdToken)), ("client secret", IdentityFixture.Secret),
        ]);
        await AssertNoCodeAsync(applicant.Person);
    }

    [Fact]
    public async Task Nor_do_those_of_recovery_counter_and_console()
    {
        // Somebody forgot the password, types a wrong name and a wrong code first, and then loses the phone as well.
        using var owner = await Applicant.RegisteredAsync(identity);
        using (var forgetful = new Forgetful(identity, owner.Person))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await forgetful.TellAsync(name: "误记样例")).StatusCode);
            await forgetful.TellAsync();
            var code = await identity.WaitForCodeAsync(owner.Person.Phone, "recovery");
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await forgetful.TypeCodeAsync(code == "123456" ? "654321" : "123456")).StatusCode);
            await forgetful.TypeCodeAsync(code);
            Assert.StartsWith("/recover/done", (await forgetful.FinishAsync()).Headers.Location?.OriginalString, StringComparison.Ordinal);
        }

        using var counter = await Officer.SignInAsync(identity, "counter-one");
        var (paper, misread) = (Paper(owner.Person.Name), Paper("误记样例"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await counter.FillAsync("/console/counter/verify", "", misread)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await counter.FillAsync("/console/counter", "", ("Text", owner.Person.Phone))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await counter.FillAsync("/console/counter/verify", "", paper)).StatusCode);
        var ticket = Quarrel.Value(await Officer.TextAsync(await counter.FillAsync("/console/counter/lost-phone", "", paper)), "secret");
        using (var lost = new Forgetful(identity, owner.Person))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await lost.FillAsync("/recover/ticket", ("IdNumber", owner.Person.IdNumber), ("Ticket", "2222-3333-4444-5555"))).StatusCode);
            Assert.Equal("/recover/phone", (await lost.FillAsync("/recover/ticket", ("IdNumber", owner.Person.IdNumber), ("Ticket", ticket))).Headers.Location?.OriginalString);
            await lost.NewPhoneAsync(owner.Person.Phone);
            await lost.TypeCodeAsync(await identity.WaitForCodeAsync(owner.Person.Phone, "recovery-new"));
            Assert.StartsWith("/recover/done", (await lost.FinishAsync(password: Applicant.Password)).Headers.Location?.OriginalString, StringComparison.Ordinal);
        }

        // Officials search, see a value in full, freeze by four eyes, open an account.
        using var security = await Officer.SignInAsync(identity, "security");
        var account = await counter.FindAsync("IdNumber", owner.Person.IdNumber);
        Assert.Equal(account, await security.FindAsync("Name", owner.Person.Name));
        var shown = await Officer.TextAsync(await security.FillAsync($"/console/accounts/{account}/unmask", "", ("Field", "idNumber"), ("Reason", "dispute"), ("Explanation", "样例：窗口办理")));
        Assert.Contains(owner.Person.IdNumber, shown, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, (await security.DecideAsync(await counter.ProposeAsync(account), "approve")).StatusCode);
        using var system = await Officer.SignInAsync(identity, "system");
        var opened = await Officer.TextAsync(await system.FillAsync(
            "/console/staff/new", "", ("UserName", "overheard-official"), ("Name", "听样例"), ("DepartmentUscc", "11349900MB0000051U"), ("DepartmentName", "样例市数据资源管理局")));
        var initial = Quarrel.Value(opened, "initial-password");
        using var auditor = await Officer.SignInAsync(identity, "auditor");
        await auditor.ReadAsync("/console/audit?Action=account.unmask");
        Assert.Equal(HttpStatusCode.OK, (await auditor.GetAsync("/console/audit/export?format=ndjson")).StatusCode);

        AssertUnheard("/console/accounts",
        [
            ("ID number", owner.Person.IdNumber), ("phone", owner.Person.Phone.Replace("+86", "", StringComparison.Ordinal)), ("name", owner.Person.Name), ("wrong name", "误记样例"),
            ("new password", Forgetful.NewPassword), ("password", Applicant.Password), ("ticket", ticket), ("wrong ticket", "2222-3333-4444-5555"), ("initial password", initial), ("official's password", "password-security"),
        ]);
        await AssertNoCodeAsync(owner.Person);

        (string Name, string Value)[] Paper(string name) => [("IdNumber", owner.Person.IdNumber), ("Name", name), ("Window", "3号窗口"), ("DocumentChecked", "true")];
    }

    [Fact]
    public async Task Nor_do_those_of_an_organisation_its_agent_and_a_confirmation_in_person()
    {
        using var company = await Company.NewAsync(identity);
        var representative = company.Representative.Person;
        using var agent = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent);
        await Company.ToldAsync(identity, mandate);
        await agent.ReadAsync($"/account/mandates/{mandate}");
        await company.TryInviteAsync(agent.Person, ("Name", "误记样例"));

        // For the organisation at a client, and once in person before the camera.
        var party = new RelyingParty(identity);
        var tokens = await Company.SignInAsync(agent, $"mandate-{mandate}", party);
        Assert.False(string.IsNullOrEmpty(tokens.AccessToken));
        await company.Representative.FillAsync("/account/acting", ("Organisation", ""));
        var confirmed = await new Ceremony(identity, company.Representative, party).ConfirmAsync(Ceremony.Detail("transfer:overheard", Ceremony.Digest));
        await Company.ActAsync(company.Representative, mandate, "Revoke");

        AssertUnheard("/account/mandates",
        [
            .. Of("representative", representative), .. Of("agent", agent.Person), ("wrong name", "误记样例"), ("agent's access token", Signature(tokens.AccessToken)),
            ("agent's ID token", Signature(tokens.IdToken)), ("access token", Signature(confirmed.AccessToken)),
        ]);
        await AssertNoCodeAsync(representative, agent.Person);
    }

    [Fact]
    public async Task Nor_do_those_of_a_dispute()
    {
        using var quarrel = await Quarrel.WithSlipAsync(identity);
        using var first = await Officer.SignInAsync(identity, "counter-one");
        using var second = await Officer.SignInAsync(identity, "counter-two");
        var opened = await quarrel.OpenAsync(first, ("DocumentKind", "passport"), ("DocumentNumber", "E98765432"));
        var code = await quarrel.HolderCodeAsync(identity);
        await quarrel.Holder.FillAsync("/disputes", ("Number", opened.Number), ("Code", "aaaa-bbbb-cccc"));
        Assert.Equal("/disputes/mine", (await quarrel.Holder.FillAsync("/disputes", ("Number", opened.Number), ("Code", code))).Headers.Location?.OriginalString);
        Assert.Equal("/disputes/mine", (await quarrel.Holder.FillAsync("/disputes/mine", ("Answer", "contradict"), ("Text", "样例：这是我本人注册的账号"))).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await Quarrel.DecideAsync(second, opened.Address, "grant")).StatusCode);
        await identity.WaitForWordsAsync(quarrel.Person.Phone, "账号交还证件持有人");
        using var rightful = new Forgetful(identity, quarrel.Person);
        Assert.Equal("/recover/phone", (await rightful.FillAsync("/recover/ticket", ("IdNumber", quarrel.Person.IdNumber), ("Ticket", opened.Code))).Headers.Location?.OriginalString);

        AssertUnheard("/console/disputes",
        [
            .. Of("holder", quarrel.Person), ("document", "E98765432"), ("claimant's code", opened.Code), ("holder's code", code), ("answer", "这是我本人注册的账号"), ("finding", Quarrel.Finding),
            ("reasons", "证件与人口库一致"),
        ]);
        await AssertNoCodeAsync(quarrel.Person);
    }

    [Fact]
    public async Task Nor_do_those_of_an_import_and_of_verified_claims()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        List<Dictionary<string, object?>> rows = [HandedOver.NewRow(), HandedOver.NewRow(), HandedOver.RowOf(person.Person)];
        var wrong = HandedOver.NewRow();
        wrong["idNumber"] = "340102199001011231";
        var id = Guid.NewGuid();
        var sent = await HandedOver.SendByClientAsync(identity, "city", id, "huaibei", string.Join('\n', rows.Append(wrong).Select(row => JsonSerializer.Serialize(row))));
        Assert.Equal("2", sent["created"]);
        await HandedOver.SendByClientAsync(identity, "city", Guid.NewGuid(), "huaibei", "{\"idNumber\":\"" + person.Person.IdNumber + "\",");
        using var system = await Officer.SignInAsync(identity, "system");
        await system.ReadAsync($"/console/imports/{id}");
        await system.ReadAsync($"/console/imports/{id}/rejections.csv");

        var stand = new ClaimsStand(person, new RelyingParty(identity));
        var tokens = await stand.SignInAsync(ClaimsStand.Asking("userinfo", ClaimsStand.Any, """{"name":null,"birthdate":null,"phone_number":null}"""), "name", "birthdate", "phone_number");
        Assert.Equal(person.Person.Name, (await stand.UserInfoAsync(tokens))!.Value.GetProperty("claims").GetProperty("name").GetString());

        var birthdate = person.Person.IdNumber[6..14];
        AssertUnheard("/connect/userinfo",
        [
            .. Of("person", person.Person), ("birthdate", $"{birthdate[..4]}-{birthdate[4..6]}-{birthdate[6..]}"), ("rejected ID number", "340102199001011231"),
            ("access token", Signature(tokens.AccessToken)),
            .. rows.Take(2).SelectMany(row => new[] { ("imported ID number", (string)row["idNumber"]!), ("imported phone", (string)row["phone"]!) }), ("imported name", "样例人"),
        ]);
        await AssertNoCodeAsync(person.Person);
    }

    private static (string What, string Value)[] Of(string who, SyntheticPerson person) =>
    [
        (who + "'s ID number", person.IdNumber), (who + "'s phone", person.Phone.Replace("+86", "", StringComparison.Ordinal)), (who + "'s name", person.Name), (who + "'s bank card", person.BankCard),
        (who + "'s password", Applicant.Password),
    ];

    /// <summary>Six digits stand in many a line: a code is found as a whole value, or behind a word that says that it is one.</summary>
    private async Task AssertNoCodeAsync(params SyntheticPerson[] persons)
    {
        var heard = overheard.Lines;
        foreach (var person in persons)
        {
            var codes = (await identity.Sandbox.MessagesAsync(person.Phone)).SelectMany(m => Digits().Matches(m.Text)).Select(m => m.Value).Distinct(StringComparer.Ordinal).ToList();
            Assert.NotEmpty(codes);
            Assert.DoesNotContain(heard, line => codes.Exists(code => line.Contains(code, StringComparison.Ordinal) && Holds(line, code)) && Report("code", line));
        }

        static bool Holds(string line, string code) =>
            Regex.IsMatch(line, $"(^(tag|value) [^=]* = {code}$)|((code|验证码)[\"'\\s]*[=:：]?[\"'\\s]*{code}(?![0-9]))", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10));
    }

    /// <param name="path">What was surely heard, or the ear was deaf.</param>
    /// <param name="secrets">What no line may hold.</param>
    private void AssertUnheard(string path, (string What, string Value)[] secrets)
    {
        var heard = overheard.Lines;
        Assert.Contains(heard, line => line.Contains(path, StringComparison.Ordinal));
        Assert.All(secrets, secret => Assert.DoesNotContain(heard, line => line.Contains(secret.Value, StringComparison.Ordinal) && Report(secret.What, line)));
    }

    private static string Signature(string token) => token[(token.LastIndexOf('.') + 1)..];

    private static bool Report(string what, string line)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {line}");
        return true;
    }

    [GeneratedRegex("(?<![0-9])[0-9]{6}(?![0-9])", RegexOptions.None, 1000)]
    private static partial Regex Digits();
}

public sealed class OverheardOnSqlite(OverheardSqlite identity) : OverheardSuite(identity, identity.Heard), IClassFixture<OverheardSqlite>;

public sealed class OverheardOnPostgres(OverheardPostgres identity) : OverheardSuite(identity, identity.Heard), IClassFixture<OverheardPostgres>;
