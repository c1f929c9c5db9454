using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>What raises a level, and who may not.</summary>
public abstract class LevelSuite(IdentityFixture identity)
{
    private const string Intermediate = """{"id_token":{"acr":{"essential":true,"values":["urn:yinxin:assurance:intermediate"]}}}""";

    [Fact]
    public async Task An_own_bank_card_raises_the_level_and_the_waiting_request_goes_on()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        using var other = await Applicant.NewAsync(identity);
        var party = new RelyingParty(identity);
        var stepUp = (await applicant.Browser.GetAsync(party.AuthorizeUrl(("claims", Intermediate)))).Headers.Location!.OriginalString;
        var ways = await applicant.ReadAsync(stepUp);
        Assert.Contains("银行卡", ways, StringComparison.Ordinal);
        Assert.Contains("窗口", ways, StringComparison.Ordinal);
        var form = Regex.Match(ways, "href=\"(?<link>/account/raise/bank-card[^\"]*)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["link"].Value;

        foreach (var wrong in (string[])[other.Person.BankCard, applicant.Person.BankCard[..^1] + "x", "4111111111111112"])
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await applicant.FillAsync(form, ("CardNumber", wrong))).StatusCode);
        }

        Assert.Contains("初级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
        var before = applicant.Browser.Cookies.GetCookies(new Uri(identity.Issuer))["yinxin.identity.session"]!.Value;
        var done = await applicant.FillAsync(form, ("CardNumber", applicant.Person.BankCard));
        Assert.Equal(HttpStatusCode.Found, done.StatusCode);
        using var thief = identity.NewBrowser();
        thief.Cookies.Add(new Uri(identity.Issuer), new Cookie("yinxin.identity.session", before));
        Assert.Equal(HttpStatusCode.Found, (await thief.GetAsync("/account")).StatusCode);

        var back = (await applicant.Browser.GetAsync(done.Headers.Location!.OriginalString)).Headers.Location!;
        var tokens = await party.RedeemAsync(RelyingParty.Code(back));
        Assert.Equal("urn:yinxin:assurance:intermediate", Answer.Claims(tokens.IdToken).GetProperty("acr").GetString());
    }

    [Fact]
    public async Task A_card_network_that_fails_changes_nothing()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        await identity.Sandbox.FailAsync("/bank-card", "status=500", 100);
        try
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await applicant.FillAsync("/account/raise/bank-card", ("CardNumber", applicant.Person.BankCard))).StatusCode);
        }
        finally
        {
            await identity.Sandbox.RecoverAsync();
        }

        Assert.Contains("初级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, (await applicant.FillAsync("/account/raise/bank-card", ("CardNumber", applicant.Person.BankCard))).StatusCode);
        Assert.Contains("中级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
        var notices = await applicant.ReadAsync("/account/notices");
        Assert.Contains("您的认证等级变为“中级”", notices, StringComparison.Ordinal);

        // Not of the first, at the registration.
        Assert.DoesNotContain("您的认证等级变为“初级”", notices, StringComparison.Ordinal);

        // Who raised it from within the account may have marked the notice as read.
        await identity.WaitForWordsAsync(applicant.Person.Phone, "您账号的认证等级已提高");
        Assert.Single(await identity.Sandbox.MessagesAsync(applicant.Person.Phone), m => m.Text.Contains("认证等级", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_counter_officer_raises_a_person_and_nobody_else_can()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        var (person, token) = (applicant.Person, await TokenAsync("window"));
        object Body(string idNumber, string name, bool seen = true, string? hallLevel = "city") => new { idNumber, name, hall = "样例市政务服务大厅", window = "3", documentChecked = seen, hallLevel };
        Assert.Equal(HttpStatusCode.Unauthorized, (await VerifyAsync(null, Body(person.IdNumber, person.Name))).Status);

        // Without the role the token does not even get the scope.
        Assert.Equal(HttpStatusCode.Unauthorized, (await VerifyAsync(await TokenAsync("clerk"), Body(person.IdNumber, person.Name))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await VerifyAsync(await TokenAsync("citizen"), Body(person.IdNumber, person.Name))).Status);
        Assert.Equal("identity.counter.notRegistered", (await VerifyAsync(token, Body((await identity.Sandbox.NextPersonAsync()).IdNumber, person.Name)))["code"]);
        Assert.Equal("identity.counter.nameDiffers", (await VerifyAsync(token, Body(person.IdNumber, "别人")))["code"]);
        Assert.Equal("identity.counter.incomplete", (await VerifyAsync(token, Body(person.IdNumber, person.Name, seen: false)))["code"]);
        Assert.Contains("初级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);

        Assert.Equal("identity.counter.incomplete", (await VerifyAsync(token, new { person.IdNumber, person.Name, hall = "样例大厅", window = "3", documentChecked = true, hallLevel = "village" }))["code"]);

        // Neither the request nor the official's post says of what level the hall is.
        var nowhere = await VerifyAsync(token, Body(person.IdNumber, person.Name, hallLevel: null));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "identity.counter.hallLevelMissing"), (nowhere.Status, nowhere["code"]));
        Assert.Contains("初级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
        var answer = await VerifyAsync(token, Body(person.IdNumber, person.Name));
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        Assert.Equal("intermediate", answer["level"]);
        Assert.True(await identity.RowsAsync("\"Evidence\" WHERE \"Method\" = 'document-at-window:city'") > 0);
        Assert.Contains("中级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_organisation_is_registered_by_its_legal_representative_and_by_nobody_else()
    {
        var organisation = await identity.Sandbox.NextOrganisationAsync();
        using var stranger = await Applicant.RegisteredAsync(identity);
        using var representative = await Applicant.RegisteredAsync(identity, organisation.LegalRepresentative);
        var before = await identity.CountAsync("Organisations");
        var refused = await RegisterAsync(stranger, organisation.Uscc, organisation.Name);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.DoesNotContain(organisation.LegalRepresentative.Name, await Applicant.TextAsync(refused), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await RegisterAsync(representative, organisation.Uscc[..17] + (organisation.Uscc[17] == '0' ? '1' : '0'), organisation.Name)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await RegisterAsync(representative, organisation.Uscc, "另一名称")).StatusCode);
        await identity.Sandbox.FailAsync("/market", "malformed", 100);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await RegisterAsync(representative, organisation.Uscc, organisation.Name)).StatusCode);
        await identity.Sandbox.RecoverAsync();
        Assert.Equal(before, await identity.CountAsync("Organisations"));

        Assert.Equal("/account/organisations", (await RegisterAsync(representative, organisation.Uscc, organisation.Name)).Headers.Location?.OriginalString);
        Assert.Equal("/account/organisations", (await RegisterAsync(representative, organisation.Uscc, organisation.Name)).Headers.Location?.OriginalString);
        Assert.Equal(before + 1, await identity.CountAsync("Organisations"));
        Assert.Contains(organisation.Name, await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.DoesNotContain(organisation.Name, await stranger.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Contains(organisation.Name, await representative.ReadAsync("/account/acting"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_counter_raises_an_organisation_when_its_representative_comes()
    {
        var organisation = await identity.Sandbox.NextOrganisationAsync();
        using var representative = await Applicant.RegisteredAsync(identity, organisation.LegalRepresentative);
        using var stranger = await Applicant.RegisteredAsync(identity);
        var token = await TokenAsync("window");
        const string path = "/api/counter-verifications/organisations";
        object Body(SyntheticPerson person, string? name = null) => new
        {
            person.IdNumber,
            name = name ?? person.Name,
            organisation.Uscc,
            hall = "样例省政务服务中心",
            window = "12",
            hallLevel = "province",
            documentChecked = true,
        };
        Assert.Equal("identity.counter.organisationUnknown", (await VerifyAsync(token, Body(representative.Person), path))["code"]);
        await RegisterAsync(representative, organisation.Uscc, organisation.Name);
        Assert.Equal("identity.counter.organisationUnknown", (await VerifyAsync(token, Body(stranger.Person), path))["code"]);
        Assert.Equal("identity.counter.nameDiffers", (await VerifyAsync(token, Body(representative.Person, "别人"), path))["code"]);
        Assert.Equal(HttpStatusCode.Unauthorized, (await VerifyAsync(await TokenAsync("clerk"), Body(representative.Person), path)).Status);
        var answer = await VerifyAsync(token, Body(representative.Person), path);
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        Assert.Equal("intermediate", answer["level"]);
    }

    [Fact]
    public async Task A_new_password_ends_the_other_sessions()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        using var elsewhere = identity.NewBrowser();
        await elsewhere.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        identity.Time.Advance(TimeSpan.FromSeconds(2));
        const string fresh = "Quartz-meadow-81-Ibis";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await ChangeAsync("wrong", fresh)).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await ChangeAsync(Applicant.Password, fresh)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await applicant.Browser.GetAsync("/account")).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await elsewhere.GetAsync("/account")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await elsewhere.SignInAsync(applicant.Person.IdNumber, Applicant.Password)).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await elsewhere.SignInAsync(applicant.Person.IdNumber, fresh)).StatusCode);

        Task<HttpResponseMessage> ChangeAsync(string current, string password) =>
            applicant.FillAsync("/account/password", ("Current", current), ("Password", password), ("PasswordAgain", password));
    }

    private static Task<HttpResponseMessage> RegisterAsync(Applicant applicant, string uscc, string name) => applicant.FillAsync("/account/organisations/new", ("Uscc", uscc), ("Name", name));

    private async Task<string> TokenAsync(string user)
    {
        var party = new RelyingParty(identity, "web", $"http://localhost:{identity.BasePort}/signin-oidc");
        return (await party.SignInAsync(user, false, ("scope", "openid profile identity.counter"))).AccessToken;
    }

    private async Task<Answer> VerifyAsync(string? token, object body, string path = "/api/counter-verifications")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, options: JsonSerializerOptions.Web) };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await Answer.FromAsync(await identity.Http.SendAsync(request));
    }
}

[Collection(OnSqlite.Name)]
public sealed class LevelOnSqlite(SqliteIdentity identity) : LevelSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class LevelOnPostgres(PostgresIdentity identity) : LevelSuite(identity);
