using System.Net;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;
using Yinxin.Identity.Tests.StepUp;
using Yinxin.Testing;

namespace Yinxin.Identity.Tests.Presence;

/// <summary>A proof of presence that a computer asks for and a phone's camera gives: for the computer's session and request, and for nothing else.</summary>
public abstract class PresenceHandoverSuite(IdentityFixture identity)
{
    private const string Purpose = "提交房屋转移登记申请";
    private const string Lapsed = "本次核验已失效";
    private const string Gone = "二维码已失效，或不属于";

    [Fact]
    public async Task The_phone_shows_the_face_and_the_computer_goes_on_where_it_was()
    {
        using var stand = await Stand.SetUpAsync(identity);
        var page = await stand.Ceremony.PageAsync(Ceremony.Detail("transfer:h1", Ceremony.Digest));
        Assert.Contains("在手机上完成（扫描二维码）", await stand.Computer.ReadAsync(page), StringComparison.Ordinal);
        var shown = await ShowAsync(stand.Computer, page);
        Assert.Contains(Purpose, shown.Page, StringComparison.Ordinal);
        Assert.Equal("Waiting", await StateAsync(stand.Computer, shown));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await stand.Computer.Browser.SubmitAsync(shown.Url, shown.Page)).StatusCode);

        var asked = await stand.Phone.ReadAsync(shown.Phone);
        Assert.Contains(Purpose, asked, StringComparison.Ordinal);
        Assert.Contains("<dd>public</dd>", asked, StringComparison.Ordinal);
        Assert.Contains("敏感个人信息", asked, StringComparison.Ordinal);
        Assert.Contains("Submit the transfer of a home", await stand.Phone.ReadAsync(shown.Phone + "&lang=en"), StringComparison.Ordinal);
        await stand.Phone.ReadAsync(shown.Phone + "&lang=zh-CN");
        Assert.Equal(3, Regex.Count(asked, "name=\"Number\" value=\"[0-9]{2}\"", RegexOptions.None, TimeSpan.FromSeconds(1)));

        // Without consent, or without a number, nothing is answered yet.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await stand.Phone.FillAsync(shown.Phone, ("Number", shown.Number))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await stand.Phone.FillAsync(shown.Phone, ("Consent", "true"))).StatusCode);
        var back = await identity.ShowFaceAsync(await AnswerAsync(stand.Phone, shown));
        Assert.Equal("Waiting", await StateAsync(stand.Computer, shown));

        // The way back is the phone's own.
        Assert.Contains(Lapsed, await Applicant.TextAsync(await stand.Computer.Browser.GetAsync(back)), StringComparison.Ordinal);
        var done = (await stand.Phone.Browser.GetAsync(back)).Headers.Location!.OriginalString;
        Assert.StartsWith("/presence/phone?again=", done, StringComparison.Ordinal);
        Assert.Contains("请回到电脑继续", await stand.Phone.ReadAsync(done), StringComparison.Ordinal);

        // The person's other session is proven nothing by it.
        Assert.StartsWith("/presence?", (await stand.Phone.Browser.GetAsync(page.ReturnUrl())).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal("None", await StateAsync(stand.Phone, shown));
        Assert.Equal("Confirmed", await StateAsync(stand.Computer, shown));
        var onwards = (await stand.Computer.Browser.SubmitAsync(shown.Url, shown.Page)).Headers.Location?.OriginalString;
        Assert.Equal(page.ReturnUrl(), onwards);
        var tokens = await stand.Party.RedeemAsync(RelyingParty.Code((await stand.Computer.Browser.GetAsync(onwards!)).Headers.Location!));
        Assert.Equal(Ceremony.Advanced, Answer.Claims(tokens.AccessToken).GetProperty("acr").GetString());
        Assert.Contains("face", tokens.Amr());
        Assert.Equal(1, await ProofsAsync(stand, $" AND \"SessionId\" IN (SELECT \"SessionId\" FROM \"StepUpHandovers\" WHERE \"AccountId\" = '{stand.Key}')"));
        Assert.Equal(HttpStatusCode.OK, (await identity.SpendAsync(Spending.Of(tokens, "transfer:h1", Ceremony.Digest))).Status);

        // Used, on every side.
        Assert.Contains(Lapsed, await Applicant.TextAsync(await stand.Phone.Browser.GetAsync(back)), StringComparison.Ordinal);
        Assert.Contains(Gone, await stand.Phone.ReadAsync(shown.Phone), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await ForceAsync(stand.Phone, shown)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Company.SendAsync(stand.Phone, done, ("Consent", "true"))).StatusCode);
    }

    /// <summary>Whoever sits at somebody else's computer reads code, number and key there, chooses the number in that browser, and sends its owner a link that asks for nothing but the face.</summary>
    [Fact]
    public async Task Whoever_did_not_choose_the_number_is_not_asked_for_the_face()
    {
        using var stand = await Stand.SetUpAsync(identity);
        var shown = await ShowAsync(stand.Computer, await stand.Ceremony.PageAsync(Ceremony.Detail("transfer:h2", Ceremony.Digest)));
        Assert.Equal(HttpStatusCode.Found, (await AnswerAsync(stand.Computer, shown)).StatusCode);
        var link = $"/presence/phone?again={shown.Handover}";
        Assert.Contains(Purpose, await stand.Computer.ReadAsync(link), StringComparison.Ordinal);
        Assert.Contains(Gone, await stand.Phone.ReadAsync(link), StringComparison.Ordinal);
        Assert.Contains(Gone, await stand.Phone.ReadAsync(shown.Phone), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Company.SendAsync(stand.Phone, link, ("Again", shown.Handover), ("Consent", "true"))).StatusCode);
    }

    [Fact]
    public async Task A_phone_that_comes_back_from_the_camera_or_presses_twice_goes_on_where_it_was()
    {
        using var stand = await Stand.SetUpAsync(identity);
        var shown = await ShowAsync(stand.Computer, await stand.Ceremony.PageAsync(Ceremony.Detail("transfer:h3", Ceremony.Digest)));
        Assert.Equal(HttpStatusCode.Found, (await AnswerAsync(stand.Phone, shown)).StatusCode);
        var back = await stand.Phone.ReadAsync(shown.Phone);
        Assert.Contains(Purpose, back, StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"Number\"", back, StringComparison.Ordinal);
        var again = await identity.ShowFaceAsync(await stand.Phone.FillAsync(shown.Phone, ("Consent", "true")));
        Assert.Contains("请回到电脑继续", await stand.Phone.ReadAsync((await stand.Phone.Browser.GetAsync(again)).Headers.Location!.OriginalString), StringComparison.Ordinal);
        Assert.Equal("Confirmed", await StateAsync(stand.Computer, shown));
    }

    [Fact]
    public async Task Another_accounts_phone_sees_nothing_and_the_audit_knows()
    {
        using var stand = await Stand.SetUpAsync(identity);
        using var stranger = await Applicant.RegisteredAsync(identity);
        using var visitor = identity.NewBrowser();
        var shown = await ShowAsync(stand.Computer, await stand.Ceremony.PageAsync(Ceremony.Detail("transfer:h2")));
        Assert.StartsWith("/sign-in", (await visitor.GetAsync(shown.Phone)).Headers.Location!.AbsolutePath, StringComparison.Ordinal);
        var foreign = await stranger.ReadAsync(shown.Phone);
        Assert.Contains(Gone, foreign, StringComparison.Ordinal);
        Assert.DoesNotContain(Purpose, foreign, StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"Number\"", foreign, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await ForceAsync(stranger, shown)).StatusCode);
        Assert.Equal("Waiting", await StateAsync(stand.Computer, shown));
        Assert.Equal(2, await identity.RowsAsync(
            $"\"AuditRecords\" WHERE \"Action\" = 'stepUp.handover' AND \"Result\" = 'identity.handover.otherAccount' AND \"SubjectId\" = '{stand.Key.ToLowerInvariant()}'"));

        // Nor once the number was chosen: what the phone goes on with is its account's.
        await identity.ShowFaceAsync(await AnswerAsync(stand.Phone, shown));
        var again = $"/presence/phone?again={shown.Handover}";
        Assert.Contains(Purpose, await stand.Phone.ReadAsync(again), StringComparison.Ordinal);
        Assert.Contains(Gone, await stranger.ReadAsync(again), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Company.SendAsync(stranger, again, ("Consent", "true"))).StatusCode);
    }

    [Fact]
    public async Task A_wrong_number_refuses_for_good_and_so_does_the_person()
    {
        using var stand = await Stand.SetUpAsync(identity);
        var page = await stand.Ceremony.PageAsync(Ceremony.Detail("transfer:h3"));
        var shown = await ShowAsync(stand.Computer, page);
        Assert.Contains("已拒绝", await Applicant.TextAsync(await stand.Phone.FillAsync(shown.Phone, ("Number", shown.Number == "10" ? "11" : "10"), ("Consent", "true"))), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await ForceAsync(stand.Phone, shown)).StatusCode);
        Assert.Equal("Refused", await StateAsync(stand.Computer, shown));
        Assert.Contains("手机上已拒绝，没有确认任何内容。</li>", await Applicant.TextAsync(await stand.Computer.Browser.SubmitAsync(shown.Url, shown.Page)), StringComparison.Ordinal);

        // Declined before the number, and after it, when a ceremony has begun.
        var second = await ShowAsync(stand.Computer, page);
        Assert.Contains("已拒绝", await Applicant.TextAsync(await stand.Phone.FillAsync(second.Phone, ("Decline", "true"))), StringComparison.Ordinal);
        Assert.Equal("Refused", await StateAsync(stand.Computer, second));
        var third = await ShowAsync(stand.Computer, page);
        var back = await identity.ShowFaceAsync(await AnswerAsync(stand.Phone, third));
        Assert.Contains("已拒绝", await Applicant.TextAsync(await stand.Phone.FillAsync($"/presence/phone?again={third.Handover}", ("Decline", "true"))), StringComparison.Ordinal);
        Assert.Contains(Lapsed, await Applicant.TextAsync(await stand.Phone.Browser.GetAsync(back)), StringComparison.Ordinal);
        Assert.Equal("Refused", await StateAsync(stand.Computer, third));
        Assert.Equal(0, await ProofsAsync(stand));
    }

    [Fact]
    public async Task An_old_code_and_one_of_another_kind_open_nothing()
    {
        using var stand = await Stand.SetUpAsync(identity);
        var page = await stand.Ceremony.PageAsync(Ceremony.Detail("transfer:h4"));
        var shown = await ShowAsync(stand.Computer, page);
        Assert.Contains("已失效", await stand.Phone.ReadAsync("/step-up?code=" + shown.Code), StringComparison.Ordinal);
        const string stepUp = "/account/step-up/phone?ReturnUrl=%2Faccount";
        var other = await stand.Computer.ReadAsync(stepUp);
        Assert.Contains(Gone, await stand.Phone.ReadAsync("/presence/phone?code=" + CodeOf(other)), StringComparison.Ordinal);
        await identity.ShowFaceAsync(await AnswerAsync(stand.Phone, shown));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await stand.Computer.Browser.SubmitAsync(stepUp, other, ("Handover", shown.Handover))).StatusCode);

        var late = await ShowAsync(stand.Computer, page);
        identity.Time.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));
        Assert.Contains(Gone, await stand.Phone.ReadAsync(late.Phone), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await ForceAsync(stand.Phone, late)).StatusCode);

        // A chosen number lives as long again.
        Assert.Contains(Purpose, await stand.Phone.ReadAsync($"/presence/phone?again={shown.Handover}"), StringComparison.Ordinal);
        identity.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Contains(Gone, await stand.Phone.ReadAsync($"/presence/phone?again={shown.Handover}"), StringComparison.Ordinal);
        Assert.Equal(0, await ProofsAsync(stand));
    }

    [Fact]
    public async Task Of_two_ceremonies_for_one_code_one_is_a_proof()
    {
        using var stand = await Stand.SetUpAsync(identity);
        var shown = await ShowAsync(stand.Computer, await stand.Ceremony.PageAsync(Ceremony.Detail("transfer:h5")));
        string[] store =
        [
            await identity.ShowFaceAsync(await AnswerAsync(stand.Phone, shown)),
            await identity.ShowFaceAsync(await stand.Phone.FillAsync($"/presence/phone?again={shown.Handover}", ("Consent", "true"))),
        ];
        var answers = await Task.WhenAll(store.Select(back => stand.Phone.Browser.GetAsync(back)));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Found);
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.UnprocessableEntity);
        Assert.Equal(1, await ProofsAsync(stand));
        Assert.Equal(1, await identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" = 'transaction-proof' AND \"SubjectId\" = '{stand.Key}'"));
    }

    [Fact]
    public async Task When_the_computer_signs_out_in_between_nothing_is_proven()
    {
        using var stand = await Stand.SetUpAsync(identity);
        var page = await stand.Ceremony.PageAsync(Ceremony.Detail("transfer:h6"));
        var shown = await ShowAsync(stand.Computer, page);
        var unanswered = await ShowAsync(stand.Computer, page);
        var back = await identity.ShowFaceAsync(await AnswerAsync(stand.Phone, shown));
        await stand.Computer.FillAsync("/sign-out", ("everywhere", "false"));
        Assert.Contains(Lapsed, await Applicant.TextAsync(await stand.Phone.Browser.GetAsync(back)), StringComparison.Ordinal);
        Assert.Contains(Gone, await stand.Phone.ReadAsync($"/presence/phone?again={shown.Handover}"), StringComparison.Ordinal);
        Assert.Contains(Gone, await stand.Phone.ReadAsync(unanswered.Phone), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await ForceAsync(stand.Phone, unanswered)).StatusCode);
        Assert.Equal(0, await ProofsAsync(stand));
        Assert.Equal(0, await identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" = 'transaction-proof' AND \"SubjectId\" = '{stand.Key}'"));
    }

    [Fact]
    public async Task For_whom_the_computer_acts_is_shown_and_must_not_change()
    {
        using var company = await Company.NewAsync(identity);
        using var stand = await Stand.OfAsync(identity, company.Representative);
        await stand.Computer.FillAsync("/account/acting", ("Organisation", company.Id.ToString()));
        var page = await stand.Ceremony.PageAsync(Ceremony.Detail("transfer:h7"));
        var shown = await ShowAsync(stand.Computer, page);
        Assert.Contains(company.Organisation.Name, await stand.Phone.ReadAsync(shown.Phone), StringComparison.Ordinal);
        var back = await identity.ShowFaceAsync(await AnswerAsync(stand.Phone, shown));
        await stand.Computer.FillAsync("/account/acting", ("Organisation", ""));
        Assert.Contains(Lapsed, await Applicant.TextAsync(await stand.Phone.Browser.GetAsync(back)), StringComparison.Ordinal);
        Assert.Contains(Gone, await stand.Phone.ReadAsync($"/presence/phone?again={shown.Handover}"), StringComparison.Ordinal);
        Assert.Equal(0, await ProofsAsync(stand));

        // For the organisation once more: for whom the phone itself acts is of no account.
        await stand.Computer.FillAsync("/account/acting", ("Organisation", company.Id.ToString()));
        var next = await ShowAsync(stand.Computer, page);
        await stand.Phone.Browser.GetAsync(await identity.ShowFaceAsync(await AnswerAsync(stand.Phone, next)));
        var onwards = (await stand.Computer.Browser.SubmitAsync(next.Url, next.Page)).Headers.Location!.OriginalString;
        var claims = Answer.Claims((await stand.Party.RedeemAsync(RelyingParty.Code((await stand.Computer.Browser.GetAsync(onwards)).Headers.Location!))).AccessToken);
        Assert.Equal(Ceremony.Advanced, claims.GetProperty("acr").GetString());
        Assert.Equal("legal_representative", claims.GetProperty("act_for").GetProperty("relation").GetString());
    }

    [Fact]
    public async Task Another_persons_face_fails_counts_a_try_and_leaves_the_code_to_the_next_one()
    {
        using var stand = await Stand.SetUpAsync(identity);
        var page = await stand.Ceremony.PageAsync(Ceremony.Detail("transfer:h8"));
        var shown = await ShowAsync(stand.Computer, page);
        var again = $"/presence/phone?again={shown.Handover}";
        var failed = await stand.Phone.Browser.GetAsync(await identity.ShowFaceAsync(await AnswerAsync(stand.Phone, shown), "other-person"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, failed.StatusCode);
        Assert.Contains($"href=\"{again}\"", await Applicant.TextAsync(failed), StringComparison.Ordinal);
        Assert.Equal("Waiting", await StateAsync(stand.Computer, shown));
        Assert.Equal(1, await identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" = 'transaction-proof' AND \"Result\" = 'Disagreed' AND \"SubjectId\" = '{stand.Key}'"));

        // The same tries as at the computer, and the other way round.
        Assert.Contains("还可以尝试 2 次", await stand.Phone.ReadAsync(again), StringComparison.Ordinal);
        Assert.Contains("还可以尝试 2 次", await stand.Computer.ReadAsync(page), StringComparison.Ordinal);
        await stand.Computer.Browser.GetAsync(await stand.Ceremony.ShowAsync(page, "other-person"));
        await stand.Phone.Browser.GetAsync(await identity.ShowFaceAsync(await stand.Phone.FillAsync(again, ("Consent", "true")), "other-person"));
        var over = await stand.Phone.ReadAsync(again);
        Assert.Contains("窗口", over, StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"Consent\"", over, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await Company.SendAsync(stand.Phone, again, ("Consent", "true"))).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await stand.Computer.Browser.GetAsync(shown.Url)).StatusCode);
        Assert.Equal(0, await ProofsAsync(stand));

        // Another transaction is another matter, and a second try may be the right one.
        var second = await ShowAsync(stand.Computer, await stand.Ceremony.PageAsync(Ceremony.Detail("transfer:h9")));
        await stand.Phone.Browser.GetAsync(await identity.ShowFaceAsync(await AnswerAsync(stand.Phone, second), "still-photo"));
        var back = await identity.ShowFaceAsync(await stand.Phone.FillAsync($"/presence/phone?again={second.Handover}", ("Consent", "true")));
        Assert.Equal(HttpStatusCode.Found, (await stand.Phone.Browser.GetAsync(back)).StatusCode);
        Assert.Equal("Confirmed", await StateAsync(stand.Computer, second));
    }

    [Fact]
    public async Task The_page_that_waits_by_itself_keeps_no_session_awake()
    {
        using var stand = await Stand.SetUpAsync(identity);
        var shown = await ShowAsync(stand.Computer, await stand.Ceremony.PageAsync(Ceremony.Detail("transfer:h10")));
        for (var i = 0; i < 2; i++)
        {
            identity.Time.Advance(TimeSpan.FromMinutes(10));
            Assert.Equal("Waiting", await StateAsync(stand.Computer, shown));
            Assert.Equal(HttpStatusCode.OK, (await stand.Computer.Browser.GetAsync(shown.Url + "&renewal=script")).StatusCode);
        }

        identity.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.StartsWith("/sign-in", (await stand.Computer.Browser.GetAsync("/account")).Headers.Location!.AbsolutePath, StringComparison.Ordinal);
    }

    private Task<long> ProofsAsync(Stand stand, string further = "") => identity.RowsAsync($"\"PresenceProofs\" WHERE \"AccountId\" = '{stand.Key}'{further}");

    /// <summary>Agrees, with the number that the computer shows.</summary>
    private static Task<HttpResponseMessage> AnswerAsync(Applicant phone, Shown shown) => phone.FillAsync(shown.Phone, ("Number", shown.Number), ("Consent", "true"));

    /// <summary>The same where no page offers it.</summary>
    private static Task<HttpResponseMessage> ForceAsync(Applicant phone, Shown shown) =>
        Company.SendAsync(phone, shown.Phone, ("Code", shown.Code), ("Number", shown.Number), ("Consent", "true"));

    private static async Task<string> StateAsync(Applicant computer, Shown shown) => Regex.Match(
        await computer.ReadAsync("/account/presence/phone?handler=State&id=" + shown.Handover), "\"state\":\"(?<s>[A-Za-z]+)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["s"].Value;

    private static string CodeOf(string page)
    {
        var address = QrReader.Read(Convert.FromBase64String(Regex.Match(page, "data:image/png;base64,(?<p>[A-Za-z0-9+/=]+)", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["p"].Value));
        return address[(address.IndexOf("code=", StringComparison.Ordinal) + 5)..];
    }

    /// <param name="computer">Whose page it is.</param>
    /// <param name="page">The page that asks for presence.</param>
    private static async Task<Shown> ShowAsync(Applicant computer, string page)
    {
        var url = "/account/presence/phone" + page[page.IndexOf('?', StringComparison.Ordinal)..];
        var html = await computer.ReadAsync(url);
        var code = CodeOf(html);
        return new Shown(
            url, html, code, "/presence/phone?code=" + code, Regex.Match(html, "id=\"number\">(?<n>[0-9]{2})<", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["n"].Value,
            Browser.HiddenFields(html)["Handover"]);
    }

    private sealed record Shown(string Url, string Page, string Code, string Phone, string Number, string Handover);

    /// <summary>One person, signed in at a computer and on a phone.</summary>
    private sealed record Stand(Applicant Computer, Applicant Phone, string Key, RelyingParty Party, Ceremony Ceremony) : IDisposable
    {
        public static async Task<Stand> SetUpAsync(IdentityFixture identity) => await OfAsync(identity, await Applicant.RegisteredAsync(identity));

        public static async Task<Stand> OfAsync(IdentityFixture identity, Applicant computer)
        {
            var phone = new Applicant(identity, computer.Person);
            await phone.Browser.SignInAsync(computer.Person.IdNumber, Applicant.Password);
            var party = new RelyingParty(identity);
            return new Stand(computer, phone, await identity.KeyOfAsync(computer.Person.IdNumber), party, new Ceremony(identity, computer, party));
        }

        public void Dispose()
        {
            Computer.Dispose();
            Phone.Dispose();
        }
    }
}

[Collection(OnSqlite.Name)]
public sealed class PresenceHandoverOnSqlite(SqliteIdentity identity) : PresenceHandoverSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class PresenceHandoverOnPostgres(PostgresIdentity identity) : PresenceHandoverSuite(identity);
