using System.Net;
using System.Text.Json;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Assurance;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>Each way of a person to Intermediate: up, refused, down again.</summary>
public abstract class WaySuite(IdentityFixture identity)
{
    private const string Target = "/account/acting";

    [Fact]
    public async Task The_page_and_its_json_offer_what_the_policy_lacks_and_lead_back()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        var ways = JsonDocument.Parse(await applicant.ReadAsync("/account/step-up/ways?returnUrl=" + Uri.EscapeDataString(Target))).RootElement;
        Assert.Equal("primary", ways.GetProperty("level").GetString());
        Assert.Equal("intermediate", ways.GetProperty("next").GetString());
        Assert.Equal(
            ["alipay-account", "unionpay-card", "housing-fund-account", "real-person", "counter"],
            ways.GetProperty("ways").EnumerateArray().Select(w => w.GetProperty("kind").GetString()));
        Assert.All(ways.GetProperty("ways").EnumerateArray(), w => Assert.True(w.GetProperty("open").GetBoolean()));
        var page = await applicant.ReadAsync("/account/step-up?ReturnUrl=" + Uri.EscapeDataString(Target));
        foreach (var way in ways.GetProperty("ways").EnumerateArray().Where(w => w.GetProperty("address").ValueKind == JsonValueKind.String))
        {
            var address = way.GetProperty("address").GetString()!;
            Assert.Contains($"href=\"{address}\"", page, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await applicant.Browser.GetAsync(address)).StatusCode);
        }

        Assert.DoesNotContain("ReturnUrl=https%3A%2F%2Fevil.example", await applicant.ReadAsync("/account/step-up?returnUrl=https://evil.example/"), StringComparison.Ordinal);
        using var stranger = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await stranger.GetAsync("/account/step-up/ways")).StatusCode);
    }

    [Fact]
    public async Task A_housing_fund_account_raises_for_a_year_and_no_longer()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        using var other = await Applicant.NewAsync(identity);
        var page = "/account/raise/housing-fund?ReturnUrl=" + Uri.EscapeDataString(Target);
        foreach (var wrong in (string[])[other.Person.HousingFund, "12", "34000000000x", ""])
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await applicant.FillAsync(page, ("Account", wrong))).StatusCode);
        }

        Assert.Equal(Target, (await applicant.FillAsync(page, ("Account", applicant.Person.HousingFund))).Headers.Location?.OriginalString);
        Assert.Contains("中级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
        await ExpireAsync(applicant, "housing-fund-account");
        Assert.Contains("初级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alipay_account_of_ones_own_raises_after_consent_there()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        using var other = await Applicant.RegisteredAsync(identity);

        // Somebody else's real-name account.
        var refused = await applicant.Browser.GetAsync(await ConsentAsync(applicant, other.Person.Phone));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.DoesNotContain(other.Person.Name, await Applicant.TextAsync(refused), StringComparison.Ordinal);

        // No consent, no code.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await applicant.Browser.GetAsync(await ConsentAsync(applicant, null))).StatusCode);

        // A callback that belongs to another session: neither the thief gains by it, nor is the victim raised by the attacker's account.
        var callback = await ConsentAsync(applicant, applicant.Person.Phone);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await other.Browser.GetAsync(callback)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await applicant.Browser.GetAsync(callback[..(callback.IndexOf("state=", StringComparison.Ordinal) + 6)] + Guid.NewGuid().ToString("N"))).StatusCode);
        Assert.Contains("初级", await other.ReadAsync("/account"), StringComparison.Ordinal);

        // A provider that does not answer.
        await identity.Sandbox.FailAsync("/alipay/v1", "status=500", 100);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await applicant.Browser.GetAsync(await ConsentAsync(applicant, applicant.Person.Phone))).StatusCode);
        await identity.Sandbox.RecoverAsync();
        Assert.Contains("初级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);

        var done = await applicant.Browser.GetAsync(callback);
        Assert.Equal(Target, done.Headers.Location?.OriginalString);
        Assert.Contains("中级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);

        // Once.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await applicant.Browser.GetAsync(callback)).StatusCode);
        await ExpireAsync(applicant, "alipay-account");
        Assert.Contains("初级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_consent_that_comes_back_too_late_is_worth_nothing()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        var callback = await ConsentAsync(applicant, applicant.Person.Phone);
        identity.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await applicant.Browser.GetAsync(callback)).StatusCode);
        Assert.Contains("初级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_real_person_check_takes_the_right_face_alive_doing_the_actions_of_this_session()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        using var other = await Applicant.RegisteredAsync(identity);
        const string page = "/account/raise/real-person?ReturnUrl=" + Target;
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await applicant.FillAsync(page)).StatusCode);
        foreach (var seen in (string[])["other-person", "still-photo", "other-actions"])
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await applicant.Browser.GetAsync(await CaptureAsync(applicant, page, seen))).StatusCode);
        }

        await Browser.StayAsync(identity.Time, TimeSpan.FromMinutes(61), applicant.Browser, other.Browser);
        var stale = await CaptureAsync(applicant, page, "right");
        identity.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await applicant.Browser.GetAsync(stale)).StatusCode);
        var back = await CaptureAsync(applicant, page, "right");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await other.Browser.GetAsync(back)).StatusCode);
        Assert.Contains("初级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Equal(Target, (await applicant.Browser.GetAsync(back)).Headers.Location?.OriginalString);
        Assert.Contains("中级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await applicant.Browser.GetAsync(back)).StatusCode);
        Assert.Contains("初级", await other.ReadAsync("/account"), StringComparison.Ordinal);
        await ExpireAsync(applicant, "real-person");
        Assert.Contains("初级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unionpay-card", "bank-card")]
    [InlineData("housing-fund-account", "housing-fund")]
    [InlineData("alipay-account", "alipay")]
    [InlineData("real-person", "real-person")]
    public async Task What_its_source_takes_back_carries_nothing_from_then_on(string kind, string authority)
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        Assert.Equal(HttpStatusCode.Found, (await RaiseAsync(applicant, kind)).StatusCode);
        Assert.Contains("id=\"level\">中级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
        var receipt = await AuthorityEvents.ReceiptAsync(identity, applicant.Person.IdNumber, kind);

        // Another source's word about it, and a number that nobody gave, do nothing.
        Assert.Equal("nobody", await AuthorityEvents.WithdrawAsync(identity, "tax", receipt));
        Assert.Equal("nobody", await AuthorityEvents.WithdrawAsync(identity, authority, "X" + receipt));
        Assert.Contains("id=\"level\">中级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);

        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, authority, receipt));
        Assert.Contains("id=\"level\">初级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Contains("您的认证等级变为“初级”", await applicant.ReadAsync("/account/notices"), StringComparison.Ordinal);
        Assert.Equal("unchanged", await AuthorityEvents.WithdrawAsync(identity, authority, receipt));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!(await identity.Sandbox.MessagesAsync(applicant.Person.Phone)).Exists(m => m.Purpose == "source-notice"))
        {
            await Task.Delay(100, limit.Token);
        }
    }

    [Fact]
    public async Task An_answer_to_what_was_asked_under_a_former_name_raises_nobody()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        var back = await CaptureAsync(applicant, "/account/raise/real-person?ReturnUrl=" + Target, "right");
        Assert.Equal("corrected", await AuthorityEvents.HappenAsync(
            identity, "population", id => new { id, number = 1, kind = "name-changed", idNumber = applicant.Person.IdNumber, name = "样其间" }));
        var refused = await applicant.Browser.GetAsync(back);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("您的登记信息有变更", await Applicant.TextAsync(refused), StringComparison.Ordinal);
        Assert.Contains("id=\"level\">初级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Equal(0, await identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" = 'real-person' AND \"SubjectId\" = '{await identity.KeyOfAsync(applicant.Person.IdNumber)}'"));
    }

    [Fact]
    public async Task Of_two_proofs_one_may_be_taken_back_and_the_level_stays()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        await RaiseAsync(applicant, "unionpay-card");
        await RaiseAsync(applicant, "housing-fund-account");
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "bank-card", await AuthorityEvents.ReceiptAsync(identity, applicant.Person.IdNumber, "unionpay-card")));
        Assert.Contains("id=\"level\">中级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "housing-fund", await AuthorityEvents.ReceiptAsync(identity, applicant.Person.IdNumber, "housing-fund-account")));
        Assert.Contains("id=\"level\">初级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("housing-fund-account", "/housing-fund/v1/checks")]
    [InlineData("alipay-account", "/alipay/v1/identity")]
    [InlineData("real-person", "/real-person/v1/results")]
    public async Task An_answer_that_is_forged_or_contradicts_itself_raises_nobody(string kind, string path)
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        foreach (var fault in (string[])["forged", "contradicting"])
        {
            await identity.Sandbox.FailAsync(path, fault, 100);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await RaiseAsync(applicant, kind)).StatusCode);
            await identity.Sandbox.RecoverAsync();
        }

        Assert.Contains("id=\"level\">初级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, (await RaiseAsync(applicant, kind)).StatusCode);
    }

    [Fact]
    public async Task Who_lacks_what_primary_rests_on_is_offered_just_that_and_gets_up_again()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity, "confidential");
        var asked = party.AuthorizeUrl(("scope", "openid profile offline_access license.read"));
        var tokens = await party.RedeemAsync(RelyingParty.Code((await applicant.Browser.GetAsync(asked)).Headers.Location!));
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "population", await AuthorityEvents.ReceiptAsync(identity, applicant.Person.IdNumber, "population-match")));

        // Whoever asks hears of it at once, and nothing else ends.
        var seen = await party.PostAsync("/connect/introspect", ("token", tokens.AccessToken));
        Assert.Equal("True", seen["active"]);
        Assert.Equal("urn:yinxin:assurance:none", seen["acr"]);
        Assert.Contains("license.read", Scope(tokens), StringComparison.Ordinal);
        var low = await party.RefreshAsync(tokens.RefreshToken);
        Assert.Null(low["error"]);
        Assert.DoesNotContain("license.read", Scope(low), StringComparison.Ordinal);
        Assert.False(Answer.Claims(low.AccessToken).TryGetProperty("gsc", out var carried), carried.ToString());

        Assert.Equal(["population-match"], await OfferedAsync(applicant));
        var page = await applicant.ReadAsync("/account/step-up?ReturnUrl=" + Target);
        Assert.Contains("缺少的核验", page, StringComparison.Ordinal);
        Assert.Contains("/account/raise/population?", page, StringComparison.Ordinal);
        using var other = await Applicant.NewAsync(identity);
        const string form = "/account/raise/population?ReturnUrl=" + Target;
        foreach (var (person, sex) in (IEnumerable<(SyntheticPerson, string)>)[(other.Person, other.Person.Sex), (applicant.Person with { Name = "别人" }, applicant.Person.Sex), (applicant.Person, applicant.Person.Sex == "1" ? "2" : "1")])
        {
            var refused = await ConfirmAsync(applicant, form, person, sex);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains("不一致", await Applicant.TextAsync(refused), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await applicant.FillAsync(form, ("IdNumber", ""), ("Name", ""), ("Sex", ""), ("Ethnicity", "99"))).StatusCode);
        Assert.Equal(Target, (await ConfirmAsync(applicant, form, applicant.Person, applicant.Person.Sex)).Headers.Location?.OriginalString);
        Assert.Contains("id=\"level\">初级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Contains("您的认证等级变为“初级”", await applicant.ReadAsync("/account/notices"), StringComparison.Ordinal);

        // What was granted comes back with the level, asked for by name or not, and nothing that was not.
        var again = await party.RefreshAsync(low.RefreshToken);
        Assert.Contains("license.read", Scope(again), StringComparison.Ordinal);
        var named = await party.RefreshAsync(again.RefreshToken, ("scope", "openid license.read"));
        Assert.Contains("license.read", Scope(named), StringComparison.Ordinal);
        Assert.NotEqual(HttpStatusCode.OK, (await party.RefreshAsync(named.RefreshToken, ("scope", "openid case.apply"))).Status);

        // A phone that no code proves any more: the same number may be proved again.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await applicant.FillAsync("/account/phone", ("Phone", applicant.Person.Phone))).StatusCode);
        await ExpireAsync(applicant, "phone-otp");
        Assert.Equal(["phone-otp"], await OfferedAsync(applicant));
        var sent = (await applicant.FillAsync("/account/phone?ReturnUrl=" + Target, ("Phone", applicant.Person.Phone))).Headers.Location!.OriginalString;
        Assert.StartsWith("/account/phone/code?", sent, StringComparison.Ordinal);
        var code = await identity.WaitForCodeAsync(applicant.Person.Phone, "phone-change");
        Assert.Equal(Target, (await applicant.FillAsync(sent, ("NewCode", code))).Headers.Location?.OriginalString);
        Assert.Contains("id=\"level\">初级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
    }

    private static string Scope(Answer tokens) => Answer.Claims(tokens.AccessToken).GetProperty("scope").GetString()!;

    private static Task<HttpResponseMessage> ConfirmAsync(Applicant applicant, string form, SyntheticPerson person, string sex) =>
        applicant.FillAsync(form, ("IdNumber", person.IdNumber), ("Name", person.Name), ("Sex", sex), ("Ethnicity", person.Ethnicity));

    private static async Task<IEnumerable<string?>> OfferedAsync(Applicant applicant)
    {
        var ways = JsonDocument.Parse(await applicant.ReadAsync("/account/step-up/ways")).RootElement;
        return ways.GetProperty("ways").EnumerateArray().Select(w => w.GetProperty("kind").GetString());
    }

    private Task<HttpResponseMessage> RaiseAsync(Applicant applicant, string kind) => RaisingActs.RaiseAsync(identity, applicant, kind, Target);

    private Task<string> ConsentAsync(Applicant applicant, string? phone) => RaisingActs.ConsentAsync(identity, applicant, phone, Target);

    private Task<string> CaptureAsync(Applicant applicant, string page, string seen) => RaisingActs.CaptureAsync(identity, applicant, page, seen);

    private Task ExpireAsync(Applicant applicant, string kind) => identity.ExpireEvidenceAsync(applicant.Person.Phone, kind);
}

[Collection(OnSqlite.Name)]
public sealed class WaysOnSqlite(SqliteIdentity identity) : WaySuite(identity);

[Collection(OnPostgres.Name)]
public sealed class WaysOnPostgres(PostgresIdentity identity) : WaySuite(identity);
