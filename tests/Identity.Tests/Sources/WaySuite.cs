using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
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

        identity.Time.Advance(TimeSpan.FromMinutes(61));
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

    /// <summary>Goes to the provider and agrees there (as <paramref name="phone"/>) or declines (null).</summary>
    /// <returns>The callback's path.</returns>
    private async Task<string> ConsentAsync(Applicant applicant, string? phone)
    {
        var consent = (await applicant.FillAsync("/account/raise/alipay?ReturnUrl=" + Uri.EscapeDataString(Target))).Headers.Location!.AbsoluteUri;
        using var provider = new Browser(identity.Sandbox.Address);
        var html = await (await provider.GetAsync(consent)).Content.ReadAsStringAsync();
        return await ReturnAsync(await provider.SubmitAsync(consent, html, ("Account", phone ?? ""), ("answer", phone is null ? "decline" : "agree")));
    }

    private async Task<string> CaptureAsync(Applicant applicant, string page, string seen)
    {
        var capture = (await applicant.FillAsync(page, ("Consent", "true"))).Headers.Location!.AbsoluteUri;
        using var provider = new Browser(identity.Sandbox.Address);
        var html = await (await provider.GetAsync(capture)).Content.ReadAsStringAsync();
        await provider.SubmitAsync(capture, html, ("Seen", seen));
        return await ReturnAsync(await provider.GetAsync(capture));
    }

    private static async Task<string> ReturnAsync(HttpResponseMessage page)
    {
        var html = await Applicant.TextAsync(page);
        var link = Regex.Match(html, "id=\"return\" href=\"(?<link>[^\"]+)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["link"].Value;
        return link.Length > 0 ? new Uri(link).PathAndQuery : throw new InvalidOperationException(html);
    }

    private Task ExpireAsync(Applicant applicant, string kind) => identity.ExpireEvidenceAsync(applicant.Person.Phone, kind);
}

public sealed class WaysOnSqlite(SqliteIdentity identity) : WaySuite(identity), IClassFixture<SqliteIdentity>;

[Collection(OnPostgres.Name)]
public sealed class WaysOnPostgres(PostgresIdentity identity) : WaySuite(identity);
