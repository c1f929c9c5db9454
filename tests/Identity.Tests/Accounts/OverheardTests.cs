using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Console;
using Yinxin.Identity.Tests.Disputes;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>Whoever reads all logs and traces, the most talkative level of our own included, learns nobody's number, name, phone, code or password, and no token.</summary>
public sealed class OverheardTests(OverheardIdentity identity) : IClassFixture<OverheardIdentity>
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

        Assert.Contains(identity.Heard, line => line.Contains("Polly", StringComparison.Ordinal));
        AssertUnheard("/connect/token",
        [
            ("ID number", applicant.Person.IdNumber), ("phone", applicant.Person.Phone.Replace("+86", "", StringComparison.Ordinal)), ("bank card", applicant.Person.BankCard), ("name", applicant.Person.Name),
            ("password", Applicant.Password), ("wrong password", "Wrong-password-81"), ("second ID number", second.Person.IdNumber), ("sample ID number", "340102199001011232"),
            ("code", code), ("access token", Signature(tokens.AccessToken)), ("refresh token", Signature(tokens.RefreshToken)), ("new access token", Signature(refreshed.AccessToken)),
            ("ID token", Signature(tokens.IdToken)), ("client secret", IdentityFixture.Secret),
        ]);
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

        (string Name, string Value)[] Paper(string name) => [("IdNumber", owner.Person.IdNumber), ("Name", name), ("Window", "3号窗口"), ("DocumentChecked", "true")];
    }

    /// <param name="path">What was surely heard, or the ear was deaf.</param>
    /// <param name="secrets">What no line may hold.</param>
    private void AssertUnheard(string path, (string What, string Value)[] secrets)
    {
        var heard = identity.Heard;
        Assert.Contains(heard, line => line.Contains(path, StringComparison.Ordinal));
        Assert.All(secrets, secret => Assert.DoesNotContain(heard, line => line.Contains(secret.Value, StringComparison.Ordinal) && Report(secret.What, line)));
    }

    private static string Signature(string token) => token[(token.LastIndexOf('.') + 1)..];

    private static bool Report(string what, string line)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {line}");
        return true;
    }
}
