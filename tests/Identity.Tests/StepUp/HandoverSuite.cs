using System.Net;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Testing;
using static Yinxin.Identity.Tests.StepUp.Strengthening;

namespace Yinxin.Identity.Tests.StepUp;

/// <summary>A step-up that begins on a computer and is done on the phone. The test reads the picture as a phone does.</summary>
public abstract class HandoverSuite(IdentityFixture identity)
{
    [Fact] // 44, 56
    public async Task The_phone_shows_a_factor_and_the_computer_goes_on_where_it_was()
    {
        using var stand = await Stand.SetUpAsync(identity);
        var party = new RelyingParty(identity);
        var stepUp = await stand.Computer.AskAsync(party, ("claims", Essential(Intermediate)));
        Assert.Contains("/account/step-up/phone?ReturnUrl=", await stand.Computer.ReadAsync(stepUp), StringComparison.Ordinal);
        var shown = await ShowAsync(stand.Computer, stepUp.ReturnUrl());
        Assert.Equal("Waiting", await StateAsync(stand.Computer, shown));

        // The phone is signed in, but that was before the code was made: it shows a factor first, and may raise the account too.
        var asked = await stand.Phone.ReadAsync("/step-up?code=" + shown.Code);
        Assert.Contains("<dd>public</dd>", asked, StringComparison.Ordinal);
        Assert.Contains("data-way=\"sms\"", asked, StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"Number\"", asked, StringComparison.Ordinal);
        await stand.Phone.StrengthenAsync(identity, stand.Owner.Person.Phone, "/step-up?code=" + shown.Code);
        Assert.Equal(3, Regex.Count(await stand.Phone.ReadAsync("/step-up?code=" + shown.Code), "name=\"Number\" value=\"[0-9]{2}\"", RegexOptions.None, TimeSpan.FromSeconds(1)));
        Assert.Contains("请回到电脑", await AnswerAsync(stand.Phone, shown, shown.Number), StringComparison.Ordinal);
        Assert.Equal("Confirmed", await StateAsync(stand.Computer, shown));

        var before = stand.Computer.Cookies.GetCookies(new Uri(identity.Issuer))["yinxin.identity.session"]!.Value;
        var done = await stand.Computer.SubmitAsync(shown.Url, shown.Page);
        Assert.Equal(stepUp.ReturnUrl(), done.Headers.Location?.OriginalString);
        var tokens = await party.RedeemAsync(RelyingParty.Code((await stand.Computer.GetAsync(done.Headers.Location!.OriginalString)).Headers.Location!));
        Assert.Equal(Intermediate, tokens.Acr());
        Assert.Equal(["pwd", "sms", "mfa", "qr"], tokens.Amr());
        using var thief = identity.NewBrowser();
        thief.Cookies.Add(new Uri(identity.Issuer), new Cookie("yinxin.identity.session", before));
        Assert.StartsWith("/sign-in", (await thief.GetAsync("/account")).Headers.Location!.AbsolutePath, StringComparison.Ordinal);

        // Spent, on both sides.
        Assert.Contains("已失效", await stand.Phone.ReadAsync("/step-up?code=" + shown.Code), StringComparison.Ordinal);
        Assert.Equal("Used", await StateAsync(stand.Computer, shown));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await stand.Computer.SubmitAsync(shown.Url, await stand.Computer.ReadAsync(shown.Url), ("Handover", shown.Handover))).StatusCode);
    }

    [Fact] // 57
    public async Task Another_persons_phone_is_refused_with_the_words_for_an_old_code_and_the_audit_knows()
    {
        using var stand = await Stand.SetUpAsync(identity);
        using var stranger = await Applicant.RegisteredAsync(identity);
        var shown = await ShowAsync(stand.Computer);
        var foreign = await stranger.ReadAsync("/step-up?code=" + shown.Code);
        Assert.Contains("已失效，或不属于", foreign, StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"Number\"", foreign, StringComparison.Ordinal);
        Assert.Equal(Without(foreign), Without(await stranger.ReadAsync("/step-up?code=" + new string('x', 32))));
        var answered = await AnswerAsync(stranger.Browser, shown, shown.Number);
        Assert.Contains("已失效", answered, StringComparison.Ordinal);
        Assert.Equal("Waiting", await StateAsync(stand.Computer, shown));
        Assert.True(await identity.RowsAsync("\"AuditRecords\" WHERE \"Action\" = 'stepUp.handover' AND \"Result\" = 'identity.handover.otherAccount'") >= 2);
    }

    [Fact] // 56
    public async Task A_phone_that_has_shown_nothing_new_cannot_answer_and_a_wrong_number_refuses_for_good()
    {
        using var stand = await Stand.SetUpAsync(identity);
        var shown = await ShowAsync(stand.Computer);
        Assert.DoesNotContain("请回到电脑", await AnswerAsync(stand.Phone, shown, shown.Number), StringComparison.Ordinal);
        Assert.Equal("Waiting", await StateAsync(stand.Computer, shown));
        await stand.Phone.StrengthenAsync(identity, stand.Owner.Person.Phone);
        Assert.Contains("已拒绝", await AnswerAsync(stand.Phone, shown, shown.Number == "10" ? "11" : "10"), StringComparison.Ordinal);
        await AnswerAsync(stand.Phone, shown, shown.Number);
        Assert.Equal("Refused", await StateAsync(stand.Computer, shown));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await stand.Computer.SubmitAsync(shown.Url, shown.Page)).StatusCode);
        Assert.Equal(Primary, (await stand.Computer.TokensAsync(new RelyingParty(identity))).Acr());
    }

    [Fact] // 44, 57
    public async Task What_the_phone_showed_strengthens_that_session_and_no_other_in_time()
    {
        using var stand = await Stand.SetUpAsync(identity);
        using var sibling = identity.NewBrowser();
        await sibling.SignInAsync(stand.Owner.Person.IdNumber, Applicant.Password);
        using var stranger = await Applicant.RegisteredAsync(identity);
        var shown = await ShowAsync(stand.Computer);
        await stand.Phone.StrengthenAsync(identity, stand.Owner.Person.Phone);
        await AnswerAsync(stand.Phone, shown, shown.Number);
        foreach (var other in (Browser[])[sibling, stranger.Browser])
        {
            Assert.Equal("None", await StateAsync(other, shown));
            var own = await ShowAsync(other);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await other.SubmitAsync(own.Url, own.Page, ("Handover", shown.Handover))).StatusCode);
        }

        Assert.Equal(Primary, (await sibling.TokensAsync(new RelyingParty(identity))).Acr());

        // Not without the form of the page, and not after its time.
        Assert.Equal(HttpStatusCode.BadRequest, (await stand.Computer.PostAsync("/account/step-up/phone", [new("Handover", shown.Handover)])).StatusCode);
        identity.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await stand.Computer.SubmitAsync(shown.Url, shown.Page)).StatusCode);
        var late = await ShowAsync(stand.Computer);
        identity.Time.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));
        await stand.Phone.StrengthenAsync(identity, stand.Owner.Person.Phone);
        Assert.Contains("已失效", await stand.Phone.ReadAsync("/step-up?code=" + late.Code), StringComparison.Ordinal);
    }

    [Fact] // 56
    public async Task The_code_signs_nobody_in_and_a_sign_in_code_strengthens_nothing()
    {
        using var stand = await Stand.SetUpAsync(identity);
        using var visitor = identity.NewBrowser();
        var shown = await ShowAsync(stand.Computer);
        Assert.Contains("已失效", await stand.Phone.ReadAsync("/qr?code=" + shown.Code), StringComparison.Ordinal);
        Assert.StartsWith("/sign-in", (await visitor.GetAsync("/step-up?code=" + shown.Code)).Headers.Location!.AbsolutePath, StringComparison.Ordinal);
        var page = await visitor.ReadAsync("/sign-in/qr");
        var code = Code(page);
        Assert.Contains("已失效", await stand.Phone.ReadAsync("/step-up?code=" + code), StringComparison.Ordinal);

        // Whoever was signed out has nothing to strengthen any more.
        await stand.Phone.StrengthenAsync(identity, stand.Owner.Person.Phone);
        await AnswerAsync(stand.Phone, shown, shown.Number);
        await stand.Computer.SubmitAsync("/sign-out", await stand.Computer.ReadAsync("/sign-out"), ("everywhere", "false"));
        Assert.Equal(HttpStatusCode.Found, (await stand.Computer.PostAsync(shown.Url, Browser.HiddenFields(shown.Page))).StatusCode);
        await stand.Computer.SignInAsync(stand.Owner.Person.IdNumber, Applicant.Password);
        var own = await ShowAsync(stand.Computer);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await stand.Computer.SubmitAsync(own.Url, own.Page, ("Handover", shown.Handover))).StatusCode);
    }

    [Fact] // 9
    public async Task Of_ten_parallel_takings_one_succeeds()
    {
        using var stand = await Stand.SetUpAsync(identity);
        var shown = await ShowAsync(stand.Computer);
        await stand.Phone.StrengthenAsync(identity, stand.Owner.Person.Phone);
        await AnswerAsync(stand.Phone, shown, shown.Number);
        var cookie = stand.Computer.Cookies.GetCookieHeader(new Uri(identity.Issuer));
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, shown.Url) { Content = new FormUrlEncodedContent(Browser.HiddenFields(shown.Page)) };
            request.Headers.Add("Cookie", cookie);
            using var response = await identity.Http.SendAsync(request);
            return response.StatusCode == HttpStatusCode.Found && response.Headers.Location?.OriginalString == "/account";
        }));
        Assert.Single(answers, taken => taken);
    }

    [Fact] // 9, 56
    public async Task Of_two_phones_that_answer_at_once_on_two_nodes_one_is_heard()
    {
        await using var node = await identity.StartSecondAsync(5, ("Addresses:Identity", identity.Issuer));
        using var stand = await Stand.SetUpAsync(identity);
        using var other = new Browser($"http://localhost:{identity.BasePort + 5}");
        await other.SignInAsync(stand.Owner.Person.IdNumber, Applicant.Password);
        var shown = await ShowAsync(stand.Computer);
        Browser[] phones = [stand.Phone, other];
        foreach (var phone in phones)
        {
            await phone.StrengthenAsync(identity, stand.Owner.Person.Phone);
        }

        var url = "/step-up?code=" + shown.Code;
        var pages = await Task.WhenAll(phones.Select(p => p.ReadAsync(url)));
        var answers = await Task.WhenAll(phones.Select((p, i) => p.SubmitAsync(url, pages[i], ("Code", shown.Code), ("Number", shown.Number))));
        Assert.Single(await Task.WhenAll(answers.Select(Applicant.TextAsync)), text => text.Contains("请回到电脑", StringComparison.Ordinal));
        Assert.Equal("Confirmed", await StateAsync(stand.Computer, shown));
        var account = (await identity.KeyOfAsync(stand.Owner.Person.IdNumber)).ToLowerInvariant();
        Assert.Equal(1, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'stepUp.handover' AND \"SubjectId\" = '{account}' AND \"Result\" = 'ok'"));

        // And what it showed strengthens the computer once, whichever node is asked.
        var cookie = stand.Computer.Cookies.GetCookieHeader(new Uri(identity.Issuer));
        using var back = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        var taken = await Task.WhenAll(((int[])[1, 5]).Select(async port =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"http://localhost:{identity.BasePort + port}{shown.Url}") { Content = new FormUrlEncodedContent(Browser.HiddenFields(shown.Page)) };
            request.Headers.Add("Cookie", cookie);
            using var response = await back.SendAsync(request);
            return response.StatusCode == HttpStatusCode.Found && response.Headers.Location?.OriginalString == "/account";
        }));
        Assert.Single(taken, t => t);
    }

    private static string Without(string page) => Regex.Replace(page, "name=\"__RequestVerificationToken\"[^>]*>|nonce-[^\"]*|code(=|%3D)[A-Za-z0-9_-]+", "", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    private static async Task<string> AnswerAsync(Browser phone, Shown shown, string number)
    {
        var url = "/step-up?code=" + shown.Code;
        var page = await phone.ReadAsync(url);
        page = page.Contains("__RequestVerificationToken", StringComparison.Ordinal) ? page : await phone.ReadAsync("/account/password");
        return WebUtility.HtmlDecode(await (await phone.SubmitAsync(url, page, ("Code", shown.Code), ("Number", number))).Content.ReadAsStringAsync());
    }

    private static async Task<string> StateAsync(Browser computer, Shown shown) => Regex.Match(
        await computer.ReadAsync("/account/step-up/phone?handler=State&id=" + shown.Handover), "\"state\":\"(?<s>[A-Za-z]+)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["s"].Value;

    private static string Code(string page)
    {
        var address = QrReader.Read(Convert.FromBase64String(Regex.Match(page, "data:image/png;base64,(?<p>[A-Za-z0-9+/=]+)", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["p"].Value));
        return address[(address.IndexOf("code=", StringComparison.Ordinal) + 5)..];
    }

    private static async Task<Shown> ShowAsync(Browser computer, string returnUrl = "/account")
    {
        var url = "/account/step-up/phone?ReturnUrl=" + Uri.EscapeDataString(returnUrl);
        var page = await computer.ReadAsync(url);
        return new Shown(
            url, page, Code(page), Regex.Match(page, "id=\"number\">(?<n>[0-9]{2})<", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["n"].Value, Browser.HiddenFields(page)["Handover"]);
    }

    private sealed record Shown(string Url, string Page, string Code, string Number, string Handover);

    /// <summary>One account at Intermediate, signed in by password at a computer and on a phone.</summary>
    private sealed record Stand(Applicant Owner, Browser Computer, Browser Phone) : IDisposable
    {
        public static async Task<Stand> SetUpAsync(IdentityFixture identity)
        {
            var (owner, computer) = await ByPasswordAsync(identity);
            var phone = identity.NewBrowser();
            await phone.SignInAsync(owner.Person.IdNumber, Applicant.Password);
            return new Stand(owner, computer, phone);
        }

        public void Dispose()
        {
            Owner.Dispose();
            Computer.Dispose();
            Phone.Dispose();
        }
    }
}

[Collection(OnSqlite.Name)]
public sealed class HandoverOnSqlite(SqliteIdentity identity) : HandoverSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class HandoverOnPostgres(PostgresIdentity identity) : HandoverSuite(identity);
