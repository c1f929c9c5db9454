using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Server.Features.Closing;
using Yinxin.Identity.Server.Features.History;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.Identity.Server.Features.Raising.RealPersons.Local;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.Identity.Server.Features.Terms;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Presence;
using Yinxin.Identity.Tests.VerifiedClaims;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>The documents that people are asked to read: there for everybody, and what was accepted is on record with its edition.</summary>
public abstract partial class TermsSuite(IdentityFixture identity)
{
    [Theory]
    [InlineData("/terms", "zh", "服务协议", "您的承诺")]
    [InlineData("/terms", "en", "Terms of service", "What you promise")]
    [InlineData("/privacy", "zh", "个人信息处理规则", "敏感个人信息与单独同意")]
    [InlineData("/privacy", "en", "Rules on personal information", "Sensitive data, and separate consent")]
    public async Task A_document_is_there_for_everybody_in_both_languages(string path, string language, string title, string chapter)
    {
        using var browser = identity.NewBrowser();
        await ChooseAsync(browser, language);
        var version = Document(path).InForce(identity.Time.GetUtcNow()).Version;
        foreach (var address in (string[])[path, $"{path}/{version}"])
        {
            using var answer = await browser.GetAsync(address);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var page = await Applicant.TextAsync(answer);
            Assert.Contains($"<h1>{title}</h1>", page, StringComparison.Ordinal);
            Assert.Contains(chapter, page, StringComparison.Ordinal);
            Assert.Contains($"id=\"version\">{version}<", page, StringComparison.Ordinal);

            // Nobody invented an operator: what is not configured says so.
            Assert.Contains(language == "en" ? "a sample value" : "样例值", page, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync(path + "/1999-01-01")).StatusCode);
        var foot = await browser.ReadAsync("/sign-in");
        Assert.Contains($"<a href=\"{path}\">{title}</a>", foot, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Figures_of_the_documents_are_those_of_the_program()
    {
        using var browser = identity.NewBrowser();
        var (terms, privacy) = (await browser.ReadAsync("/terms"), await browser.ReadAsync("/privacy"));
        Assert.Contains(Invariant($"等待 {AccountClosing.WaitDays} 天"), terms, StringComparison.Ordinal);
        Assert.Contains(Invariant($"等待 {AccountClosing.WaitDays} 天"), privacy, StringComparison.Ordinal);
        Assert.Equal(2, Count(privacy, Invariant($"{SignInHistory.DaysKept} 天后删除")));
        Assert.Contains(Invariant($"浏览器中 {RegistrationDrafts.Life.TotalHours} 小时"), privacy, StringComparison.Ordinal);
        Assert.Contains(Invariant($"{PhoneCodes.Life.TotalMinutes} 分钟内有效，{PhoneCodeSweeping.DaysKept} 天后删除"), privacy, StringComparison.Ordinal);
        Assert.Contains(Invariant($"{SignInHistory.DeviceDays} 天未登录后删除"), privacy, StringComparison.Ordinal);
        Assert.Contains(Invariant($"数字摘要 {FaceChecks.FrameMemory.TotalDays} 天"), privacy, StringComparison.Ordinal);
        await ChooseAsync(browser, "en");
        (terms, privacy) = (await browser.ReadAsync("/terms"), await browser.ReadAsync("/privacy"));
        Assert.Contains(Invariant($"waits {AccountClosing.WaitDays} days"), terms, StringComparison.Ordinal);
        Assert.Contains(Invariant($"waits {AccountClosing.WaitDays} days"), privacy, StringComparison.Ordinal);
        Assert.Equal(2, Count(privacy, Invariant($"deleted after {SignInHistory.DaysKept} days")));
        Assert.Contains(Invariant($"after {SignInHistory.DeviceDays} days without a sign-in"), privacy, StringComparison.Ordinal);
        Assert.Contains(Invariant($"valid for {PhoneCodes.Life.TotalMinutes} minutes"), privacy, StringComparison.Ordinal);
        Assert.Contains(Invariant($"each picture for {FaceChecks.FrameMemory.TotalDays} days"), privacy, StringComparison.Ordinal);
        // Written as words in English.
        Assert.Equal((TimeSpan.FromHours(1), 1), (RegistrationDrafts.Life, PhoneCodeSweeping.DaysKept));
        Assert.Contains("in your browser for an hour", privacy, StringComparison.Ordinal);
        Assert.Contains("deleted after a day", privacy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/terms")]
    [InlineData("/privacy")]
    public async Task Every_link_of_a_document_leads_somewhere(string path)
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        var main = Content().Match(await applicant.ReadAsync(path)).Value;
        var links = Links().Matches(main).Select(m => m.Groups["link"].Value).Distinct(StringComparer.Ordinal).ToList();
        Assert.Contains("/account/close", links);
        foreach (var link in links)
        {
            using var answer = await applicant.Browser.GetAsync(link);
            Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Found, $"{link}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task Nobody_registers_without_the_tick_and_what_was_accepted_is_on_record()
    {
        using var applicant = await Applicant.NewAsync(identity);
        var first = await applicant.ReadAsync("/register");
        Assert.Contains("单独同意", first, StringComparison.Ordinal);
        var (terms, privacy) = InForce();
        Assert.Contains($"href=\"/privacy/{privacy}\" target=\"_blank\"", first, StringComparison.Ordinal);
        await applicant.ProveAsync();

        // Read before the tick, in another tab: the form stays as it is.
        var page = await applicant.ReadAsync("/register/check");
        Assert.Contains($"<a href=\"/terms/{terms}\" target=\"_blank\" rel=\"noopener\">", page, StringComparison.Ordinal);
        Assert.Contains($"<a href=\"/privacy/{privacy}\" target=\"_blank\" rel=\"noopener\">", page, StringComparison.Ordinal);
        Assert.True(page.IndexOf($"/terms/{terms}", StringComparison.Ordinal) < page.IndexOf("id=\"Agreement\"", StringComparison.Ordinal));

        var before = await identity.CountAsync("Persons");
        var refused = await applicant.FillAsync("/register/check", ("Password", Applicant.Password), ("PasswordAgain", Applicant.Password));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("<a href=\"#Agreement\">请阅读并同意服务协议和个人信息处理规则</a>", await Applicant.TextAsync(refused), StringComparison.Ordinal);
        Assert.Equal(before, await identity.CountAsync("Persons"));

        Assert.Equal(HttpStatusCode.Found, (await applicant.FinishAsync()).StatusCode);
        var key = await KeyAsync(applicant);
        using var registered = await DetailsAsync("person.register", key);
        Assert.Equal((terms, privacy), (registered.RootElement.GetProperty("terms").GetString(), registered.RootElement.GetProperty("privacy").GetString()));
        using var check = await DetailsAsync("person.check", key);
        Assert.Equal(privacy, check.RootElement.GetProperty("privacy").GetString());
    }

    [Theory]
    [InlineData("2020-01-01/2020-01-01")]
    [InlineData("")] // a form that says nothing of what it showed
    public async Task Who_read_an_edition_that_is_no_longer_in_force_is_asked_again(string shown)
    {
        using var applicant = await Applicant.NewAsync(identity);
        await applicant.ProveAsync();
        var before = await identity.CountAsync("Persons");
        var refused = await applicant.FillAsync(
            "/register/check", ("Password", Applicant.Password), ("PasswordAgain", Applicant.Password), ("Agreement", "true"), ("Editions", shown));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var page = await Applicant.TextAsync(refused);
        Assert.Contains("有了新版本", page, StringComparison.Ordinal);
        Assert.DoesNotContain("2020-01-01", page, StringComparison.Ordinal);
        var tick = Tick().Match(page);
        Assert.True(tick.Success, page);
        Assert.DoesNotContain("checked", tick.Value, StringComparison.Ordinal);
        Assert.Equal(before, await identity.CountAsync("Persons"));
        Assert.Equal(HttpStatusCode.Found, (await applicant.FinishAsync()).StatusCode);
    }

    [Theory]
    [InlineData("2020-01-01")]
    [InlineData("")]
    public async Task Whose_first_step_showed_another_edition_is_asked_again_before_anybody_is_asked_about_the_number(string shown)
    {
        using var applicant = await Applicant.NewAsync(identity);
        var person = applicant.Person;
        var before = await identity.RowsAsync("\"AuditRecords\" WHERE \"Action\" = 'person.check'");
        var refused = await applicant.FillAsync(
            "/register", ("IdNumber", person.IdNumber), ("Name", person.Name), ("Sex", person.Sex), ("Ethnicity", person.Ethnicity), ("Edition", shown));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var page = await Applicant.TextAsync(refused);
        Assert.Contains("有了新版本", page, StringComparison.Ordinal);
        Assert.Contains($"name=\"Edition\" value=\"{InForce().Privacy}\"", page, StringComparison.Ordinal);
        Assert.Contains(person.Name, page, StringComparison.Ordinal);
        Assert.Equal(before, await identity.RowsAsync("\"AuditRecords\" WHERE \"Action\" = 'person.check'"));
        Assert.Equal(HttpStatusCode.Found, (await applicant.TellAsync()).StatusCode);
    }

    [Fact]
    public async Task Verified_data_are_given_only_after_a_consent_which_names_the_rules()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        var stand = new ClaimsStand(applicant, new RelyingParty(identity));
        var asked = ClaimsStand.Asking("userinfo", ClaimsStand.Any, """{"name":null}""");
        var consent = (await stand.AskAsync(asked)).Headers.Location!.OriginalString;
        Assert.Contains("href=\"/privacy\" target=\"_blank\"", await applicant.ReadAsync(consent), StringComparison.Ordinal);
        await stand.SignInAsync(asked, "name");
        using var given = await DetailsAsync("claims.consent", await KeyAsync(applicant));
        Assert.Equal(InForce().Privacy, given.RootElement.GetProperty("privacy").GetString());
    }

    [Fact]
    public async Task A_face_is_processed_only_after_a_consent_of_its_own_which_names_the_rules()
    {
        const string raising = "/account/raise/real-person";
        using var applicant = await Applicant.RegisteredAsync(identity);
        var key = await KeyAsync(applicant);
        var (_, privacy) = InForce();
        Assert.Contains("href=\"/privacy\" target=\"_blank\"", await applicant.ReadAsync(raising), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await applicant.FillAsync(raising)).StatusCode);
        Assert.Equal(0, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'person.realPersonConsent' AND \"SubjectId\" = '{key}'"));
        Assert.Equal(HttpStatusCode.Found, (await applicant.FillAsync(raising, ("Consent", "true"))).StatusCode);
        using var raised = await DetailsAsync("person.realPersonConsent", key);
        Assert.Equal(privacy, raised.RootElement.GetProperty("privacy").GetString());

        var ceremony = new Ceremony(identity, applicant, new RelyingParty(identity));
        var presence = await ceremony.PageAsync(Ceremony.Detail("terms:1"));
        Assert.Contains("href=\"/privacy\" target=\"_blank\"", await applicant.ReadAsync(presence), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await applicant.FillAsync(presence)).StatusCode);
        await ceremony.ShowAsync(presence);
        using var confirmed = await DetailsAsync("presence.consent", key);
        Assert.Equal(privacy, confirmed.RootElement.GetProperty("privacy").GetString());
    }

    [Fact]
    public async Task The_operator_comes_from_the_configuration()
    {
        await using var node = await identity.StartSecondAsync(
            5, ("Addresses:Identity", identity.Issuer), ("Operator:NameChinese", "样例市数据局"), ("Operator:NameEnglish", "Data Bureau of Sample City"), ("Operator:ContactChinese", "样例大道 1 号"));
        using var browser = new Browser(Invariant($"http://localhost:{identity.BasePort + 5}"));
        foreach (var path in (string[])["/terms", "/privacy"])
        {
            var page = await browser.ReadAsync(path);
            Assert.Contains("id=\"operator\">样例市数据局<", page, StringComparison.Ordinal);
            Assert.Contains("id=\"contact\">样例大道 1 号<", page, StringComparison.Ordinal);
        }
    }

    private static LegalDocument Document(string path) => path == LegalDocument.Terms.Path ? LegalDocument.Terms : LegalDocument.Privacy;

    private static Task<HttpResponseMessage> ChooseAsync(Browser browser, string language) => browser.GetAsync("/language?to=" + language);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static int Count(string page, string words) => page.Split(words).Length - 1;

    private (string Terms, string Privacy) InForce()
    {
        var editions = EditionsInForce.At(identity.Time.GetUtcNow());
        return (editions.Terms, editions.Privacy);
    }

    /// <summary>As the audit spells it, on either database.</summary>
    private async Task<string> KeyAsync(Applicant applicant) => (await identity.KeyOfAsync(applicant.Person.IdNumber)).ToLowerInvariant();

    private async Task<JsonDocument> DetailsAsync(string action, string subject) => JsonDocument.Parse(
        await identity.ReadAsync($"SELECT \"Details\" FROM \"AuditRecords\" WHERE \"Action\" = '{action}' AND \"SubjectId\" = '{subject}' AND \"Result\" = 'ok' ORDER BY \"Sequence\" DESC LIMIT 1"));

    [GeneratedRegex("<main.*</main>", RegexOptions.Singleline, 1000)]
    private static partial Regex Content();

    [GeneratedRegex("href=\"(?<link>/[^\"]*)\"", RegexOptions.None, 1000)]
    private static partial Regex Links();

    [GeneratedRegex("<input[^>]*id=\"Agreement\"[^>]*>", RegexOptions.None, 1000)]
    private static partial Regex Tick();
}

[Collection(OnSqlite.Name)]
public sealed class TermsOnSqlite(SqliteIdentity identity) : TermsSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class TermsOnPostgres(PostgresIdentity identity) : TermsSuite(identity);
