using System.Net;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.StepUp;
using Yinxin.Testing;

namespace Yinxin.Identity.Tests.SignIn;

/// <summary>Sign-in on a computer by the phone. The test reads the picture as a phone does.</summary>
public abstract class QrSignInSuite(IdentityFixture identity)
{
    [Fact] // 44, 56
    public async Task A_phone_signs_a_computer_in_and_is_shown_service_device_and_place()
    {
        using var phone = await Applicant.RegisteredAsync(identity);
        using var computer = identity.NewBrowser();
        var party = new RelyingParty(identity);
        var signIn = (await computer.GetAsync(party.AuthorizeUrl())).Headers.Location!.OriginalString;
        var shown = await ShowAsync(computer, signIn.Replace("/sign-in?", "/sign-in/qr?", StringComparison.Ordinal));
        Assert.Equal("Waiting", await StateAsync(computer));
        var asked = await phone.ReadAsync("/qr?code=" + shown.Code);
        Assert.Contains("<dd>public</dd>", asked, StringComparison.Ordinal);
        Assert.Contains(".*</dd>", asked, StringComparison.Ordinal);
        Assert.Equal(3, Regex.Count(asked, "name=\"Number\" value=\"[0-9]{2}\"", RegexOptions.None, TimeSpan.FromSeconds(1)));
        Assert.Contains("请回到电脑", await AnswerAsync(phone.Browser, shown.Code, shown.Number), StringComparison.Ordinal);
        Assert.Equal("Confirmed", await StateAsync(computer));
        var done = await computer.SubmitAsync(shown.Url, shown.Page);
        var code = RelyingParty.Code((await computer.GetAsync(done.Headers.Location!.OriginalString)).Headers.Location!);
        Assert.Contains("qr", Answer.Claims((await party.RedeemAsync(code)).IdToken).GetProperty("amr").EnumerateArray().Select(m => m.GetString()));

        // Spent: neither the code nor the browser's secret signs in again.
        Assert.Contains("已失效", await phone.ReadAsync("/qr?code=" + shown.Code), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await computer.SubmitAsync(shown.Url, await computer.ReadAsync("/account/password"))).StatusCode);
    }

    [Theory] // 56
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_wrong_number_or_none_refuses_for_good(bool wrong)
    {
        using var phone = await Applicant.RegisteredAsync(identity);
        using var computer = identity.NewBrowser();
        var shown = await ShowAsync(computer);
        Assert.Contains("已拒绝", await AnswerAsync(phone.Browser, shown.Code, wrong ? shown.Number == "10" ? "11" : "10" : ""), StringComparison.Ordinal);
        await AnswerAsync(phone.Browser, shown.Code, shown.Number);
        Assert.Equal("Refused", await StateAsync(computer));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await computer.SubmitAsync(shown.Url, shown.Page)).StatusCode);
    }

    [Fact] // 43, 56
    public async Task A_code_is_bound_to_its_browser_and_lives_for_a_minute()
    {
        using var phone = await Applicant.RegisteredAsync(identity);
        using var computer = identity.NewBrowser();
        using var thief = identity.NewBrowser();
        var shown = await ShowAsync(computer);
        var own = await ShowAsync(thief);
        await AnswerAsync(phone.Browser, shown.Code, shown.Number);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await thief.SubmitAsync(own.Url, own.Page)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await computer.PostAsync("/sign-in/qr", [])).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await computer.SubmitAsync(shown.Url, shown.Page)).StatusCode);

        var late = await ShowAsync(thief);
        identity.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Contains("已失效", await phone.ReadAsync("/qr?code=" + late.Code), StringComparison.Ordinal);
        Assert.Contains("已失效", await phone.ReadAsync("/qr?code=" + new string('x', 5000)), StringComparison.Ordinal);
    }

    [Fact] // 54, 56
    public async Task A_phone_that_was_signed_out_since_it_vouched_signs_no_computer_in()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var phone = identity.NewBrowser();
        await phone.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        using var computer = identity.NewBrowser();
        var shown = await ShowAsync(computer);
        Assert.Contains("请回到电脑", await AnswerAsync(phone, shown.Code, shown.Number), StringComparison.Ordinal);

        // The owner changes the password while a thief's computer keeps what the thief's phone has confirmed.
        var changed = await owner.FillAsync("/account/password", ("Current", Applicant.Password), ("Password", Forgetful.NewPassword), ("PasswordAgain", Forgetful.NewPassword));
        Assert.Equal(HttpStatusCode.Found, changed.StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await computer.SubmitAsync(shown.Url, shown.Page)).StatusCode);
        Assert.StartsWith("/sign-in", (await computer.GetAsync("/account")).Headers.Location!.AbsolutePath, StringComparison.Ordinal);
    }

    [Fact] // 54, 56
    public async Task A_stolen_passkey_that_is_removed_takes_with_it_every_session_that_it_opened_or_vouched_for()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var device = await owner.AddPasskeyAsync(identity.Issuer);
        using var phone = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await phone.SignInByPasskeyAsync(device)).StatusCode);
        using var computer = identity.NewBrowser();
        var shown = await ShowAsync(computer);
        await AnswerAsync(phone, shown.Code, shown.Number);
        Assert.Equal(HttpStatusCode.Found, (await computer.SubmitAsync(shown.Url, shown.Page)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await computer.GetAsync("/account")).StatusCode);
        using var late = identity.NewBrowser();
        var kept = await ShowAsync(late);
        await AnswerAsync(phone, kept.Code, kept.Number);

        var keys = await owner.ReadAsync("/account/passkeys");
        Assert.Contains("其他设备上的登录会全部退出", keys, StringComparison.Ordinal);
        var id = Regex.Match(keys, "name=\"Id\" value=\"(?<id>[0-9a-f]{64})\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["id"].Value;
        Assert.Equal(HttpStatusCode.Found, (await owner.Browser.SubmitAsync("/account/passkeys?handler=Remove", keys, ("Id", id))).StatusCode);
        foreach (var opened in (Browser[])[phone, computer])
        {
            Assert.StartsWith("/sign-in", (await opened.GetAsync("/account")).Headers.Location!.AbsolutePath, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await late.SubmitAsync(kept.Url, kept.Page)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await owner.Browser.GetAsync("/account")).StatusCode);
        Assert.Equal(2, await identity.RowsAsync($"\"Sessions\" WHERE \"AccountId\" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}' AND \"EndReason\" = 'passkey-removed'"));
        await identity.WaitForWordsAsync(owner.Person.Phone, "移除了通行密钥，其他设备已退出登录");
    }

    [Fact] // 56
    public async Task A_phone_whose_account_has_a_second_factor_shows_it_before_it_vouches()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var phone = identity.NewBrowser();
        await phone.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        await AuthenticatorOnPhone.PairAsync(owner, identity.Time);
        using var computer = identity.NewBrowser();
        var shown = await ShowAsync(computer);
        Assert.StartsWith("/sign-in/second-factor", (await phone.GetAsync("/qr?code=" + shown.Code)).Headers.Location!.OriginalString, StringComparison.Ordinal);
        identity.Time.Advance(TimeSpan.FromMinutes(16));
        var next = await ShowAsync(computer);
        Assert.StartsWith("/account/confirm?two=true&ReturnUrl=", (await owner.Browser.GetAsync("/qr?code=" + next.Code)).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Theory] // 56
    [InlineData(false, "hwk")]
    [InlineData(true, "swk")]
    public async Task A_phone_that_showed_a_passkey_vouches_for_a_computer_with_that_passkey(bool synced, string kind)
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await owner.FillAsync("/account/raise/bank-card", ("CardNumber", owner.Person.BankCard));
        using var device = await owner.AddPasskeyAsync(identity.Issuer, synced);
        using var phone = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await phone.SignInByPasskeyAsync(device)).StatusCode);
        using var computer = identity.NewBrowser();
        var shown = await ShowAsync(computer);
        Assert.Contains("请回到电脑", await AnswerAsync(phone, shown.Code, shown.Number), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, (await computer.SubmitAsync(shown.Url, shown.Page)).StatusCode);
        var tokens = await computer.TokensAsync(new RelyingParty(identity));
        Assert.Equal([kind, "user", "qr"], tokens.Amr());
        Assert.Equal("urn:yinxin:assurance:intermediate", tokens.Acr());
    }

    [Fact] // 49
    public async Task A_computer_signed_in_by_a_phone_is_no_younger_than_what_the_phone_has_shown()
    {
        using var phone = await Applicant.RegisteredAsync(identity);
        var proved = identity.Time.GetUtcNow();
        identity.Time.Advance(TimeSpan.FromMinutes(5));
        using var computer = identity.NewBrowser();
        var party = new RelyingParty(identity);
        Assert.InRange(await AuthTimeAsync(phone, computer, party, party.AuthorizeUrl()), proved.AddMinutes(-1).ToUnixTimeSeconds(), proved.AddMinutes(1).ToUnixTimeSeconds());

        // Older than the service allows: the person proves themselves here, once more.
        Assert.StartsWith("/account/confirm", (await computer.GetAsync(party.AuthorizeUrl(("max_age", "60")))).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Theory] // 49
    [InlineData("prompt", "login")]
    [InlineData("max_age", "60")]
    public async Task Where_a_service_asks_for_a_fresh_proof_the_phone_gives_it(string name, string value)
    {
        using var phone = await Applicant.RegisteredAsync(identity);
        identity.Time.Advance(TimeSpan.FromMinutes(5));
        using var computer = identity.NewBrowser();
        var party = new RelyingParty(identity);
        var started = identity.Time.GetUtcNow();
        var signIn = (await computer.GetAsync(party.AuthorizeUrl((name, value)))).Headers.Location!.OriginalString;
        var shown = await ShowAsync(computer, signIn.Replace("/sign-in?", "/sign-in/qr?", StringComparison.Ordinal));
        var confirm = (await phone.Browser.GetAsync("/qr?code=" + shown.Code)).Headers.Location!.OriginalString;
        Assert.Equal("/account/confirm?two=true&ReturnUrl=" + Uri.EscapeDataString("/qr?code=" + shown.Code), confirm);

        // Nor does a form sent past the page.
        var token = await phone.ReadAsync("/account/password");
        Assert.Equal(HttpStatusCode.Found, (await phone.Browser.SubmitAsync("/qr?code=" + shown.Code, token, ("Code", shown.Code), ("Number", shown.Number))).StatusCode);
        Assert.Equal("Waiting", await StateAsync(computer));
        Assert.Equal("/qr?code=" + shown.Code, (await phone.Browser.StrengthenAsync(identity, phone.Person.Phone, "/qr?code=" + shown.Code)).Headers.Location?.OriginalString);
        Assert.Contains("请回到电脑", await AnswerAsync(phone.Browser, shown.Code, shown.Number), StringComparison.Ordinal);
        var done = await computer.SubmitAsync(shown.Url, shown.Page);
        var code = RelyingParty.Code((await computer.GetAsync(done.Headers.Location!.OriginalString)).Headers.Location!);
        Assert.True(Answer.Claims((await party.RedeemAsync(code)).IdToken).GetProperty("auth_time").GetInt64() >= started.ToUnixTimeSeconds());
    }

    private static async Task<long> AuthTimeAsync(Applicant phone, Browser computer, RelyingParty party, string url)
    {
        var signIn = (await computer.GetAsync(url)).Headers.Location!.OriginalString;
        var shown = await ShowAsync(computer, signIn.Replace("/sign-in?", "/sign-in/qr?", StringComparison.Ordinal));
        await AnswerAsync(phone.Browser, shown.Code, shown.Number);
        var done = await computer.SubmitAsync(shown.Url, shown.Page);
        var code = RelyingParty.Code((await computer.GetAsync(done.Headers.Location!.OriginalString)).Headers.Location!);
        return Answer.Claims((await party.RedeemAsync(code)).IdToken).GetProperty("auth_time").GetInt64();
    }

    private static async Task<string> AnswerAsync(Browser phone, string code, string number)
    {
        var url = "/qr?code=" + code;
        // The page may be gone already; its form is then taken from another.
        var page = await phone.ReadAsync(url);
        page = page.Contains("__RequestVerificationToken", StringComparison.Ordinal) ? page : await phone.ReadAsync("/account/password");
        return WebUtility.HtmlDecode(await (await phone.SubmitAsync(url, page, ("Code", code), ("Number", number))).Content.ReadAsStringAsync());
    }

    private static async Task<string> StateAsync(Browser computer) =>
        Regex.Match(await computer.ReadAsync("/sign-in/qr?handler=State"), "\"state\":\"(?<s>[A-Za-z]+)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["s"].Value;

    private static async Task<(string Url, string Page, string Code, string Number)> ShowAsync(Browser computer, string url = "/sign-in/qr")
    {
        var page = await computer.ReadAsync(url);
        var picture = Convert.FromBase64String(Regex.Match(page, "data:image/png;base64,(?<p>[A-Za-z0-9+/=]+)", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["p"].Value);
        var address = QrReader.Read(picture);
        return (url, page, address[(address.IndexOf("code=", StringComparison.Ordinal) + 5)..], Regex.Match(page, "id=\"number\">(?<n>[0-9]{2})<", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["n"].Value);
    }
}

[Collection(OnSqlite.Name)]
public sealed class QrSignInOnSqlite(SqliteIdentity identity) : QrSignInSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class QrSignInOnPostgres(PostgresIdentity identity) : QrSignInSuite(identity);
