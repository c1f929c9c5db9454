using System.Net;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;
using Yinxin.Testing;
using static Yinxin.Identity.Tests.StepUp.Strengthening;

namespace Yinxin.Identity.Tests.StepUp;

/// <summary>A level that is asked for on a computer and raised on the phone: the account rises, and the computer's session has shown no more than before.</summary>
public abstract class RaiseHandoverSuite(IdentityFixture identity)
{
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(1);

    [Fact] // 44, 56
    public async Task A_person_is_raised_on_the_phone_and_the_computer_goes_on_as_it_was()
    {
        using var stand = await Stand.SetUpAsync(identity);
        var party = new RelyingParty(identity);
        var before = await stand.Computer.TokensAsync(party);
        Assert.Equal(Primary, before.Acr());
        identity.Time.Advance(TimeSpan.FromMinutes(1));
        var stepUp = await stand.Computer.AskAsync(party, ("claims", Essential(Intermediate)));
        var shown = await ShowAsync(stand.Computer, await LinkAsync(stand.Computer, stepUp));
        Assert.Equal("Waiting", await StateAsync(stand.Computer, shown));

        // The phone is signed in by the password alone. That raises as it would by itself: the number is asked for at once, and the ways come after it.
        var asked = await stand.Phone.ReadAsync(shown.Address);
        Assert.Contains("<dd>public</dd>", asked, StringComparison.Ordinal);
        Assert.DoesNotContain("data-way", asked, StringComparison.Ordinal);
        Assert.DoesNotContain("/account/raise/bank-card", asked, StringComparison.Ordinal);
        Assert.Equal(3, Regex.Count(asked, "name=\"Number\" value=\"[0-9]{2}\"", RegexOptions.None, Quick));
        var raised = (await AnswerAsync(stand.Phone, shown, shown.Number)).Headers.Location!.OriginalString;
        Assert.StartsWith("/step-up?", raised, StringComparison.Ordinal);
        Assert.Equal("Waiting", await StateAsync(stand.Computer, shown));

        // An answer that only begins a raise strengthens nothing, sent to the page that strengthens either.
        const string other = "/account/step-up/phone?ReturnUrl=%2Faccount";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await stand.Computer.SubmitAsync(other, await stand.Computer.ReadAsync(other), ("Handover", shown.Handover))).StatusCode);

        var card = "/account/raise/bank-card?ReturnUrl=" + Uri.EscapeDataString(raised);
        var ways = await stand.Phone.ReadAsync(raised);
        Assert.Contains($"href=\"{card}\"", ways, StringComparison.Ordinal);
        Assert.DoesNotContain("请回到电脑", ways, StringComparison.Ordinal);

        // A card is a number that others may know too: this way asks the phone's own session for more than the password.
        Assert.Equal("/account/confirm?two=true&ReturnUrl=" + Uri.EscapeDataString(card), (await stand.Phone.GetAsync(card)).Headers.Location?.OriginalString);
        Assert.Equal(card, (await stand.Phone.StrengthenAsync(identity, stand.Owner.Person.Phone, card)).Headers.Location?.OriginalString);
        Assert.Equal("Waiting", await StateAsync(stand.Computer, shown));
        var done = await stand.Phone.SubmitAsync(card, await stand.Phone.ReadAsync(card), ("CardNumber", stand.Owner.Person.BankCard));
        Assert.Equal(raised, done.Headers.Location?.OriginalString);
        Assert.Contains("请回到电脑", await stand.Phone.ReadAsync(raised), StringComparison.Ordinal);

        Assert.Equal("Confirmed", await StateAsync(stand.Computer, shown));
        var back = await stand.Computer.SubmitAsync(shown.Url, shown.Page);
        Assert.Equal(stepUp.ReturnUrl(), back.Headers.Location?.OriginalString);
        var tokens = await party.RedeemAsync(RelyingParty.Code((await stand.Computer.GetAsync(stepUp.ReturnUrl())).Headers.Location!));
        Assert.Equal(Intermediate, tokens.Acr());
        Assert.Equal(["pwd", "sms", "mfa"], tokens.Amr());
        Assert.Equal(before.AuthTime(), tokens.AuthTime());
        Assert.Equal("Used", await StateAsync(stand.Computer, shown));
        Assert.Contains("已失效", await stand.Phone.ReadAsync(shown.Address), StringComparison.Ordinal);
    }

    [Fact] // 44
    public async Task An_organisation_is_raised_by_its_tax_account_on_the_phone()
    {
        using var company = await Company.NewAsync(identity);
        var computer = company.Representative.Browser;
        using var phone = identity.NewBrowser();
        await phone.SignInAsync(company.Representative.Person.IdNumber, Applicant.Password);
        var party = new RelyingParty(identity);
        var before = await Company.SignInAsync(company.Representative, company.Id.ToString(), party);
        var stepUp = await computer.AskAsync(party, ("claims", Essential(Intermediate)));
        var link = await LinkAsync(computer, stepUp);
        var shown = await ShowAsync(computer, link);
        Assert.Contains(company.Organisation.Name, shown.Page, StringComparison.Ordinal);
        Assert.Contains(company.Organisation.Name, await phone.ReadAsync(shown.Address), StringComparison.Ordinal);
        var raised = (await AnswerAsync(phone, shown, shown.Number)).Headers.Location!.OriginalString;
        await RaiseByTaxAccountAsync(company, phone, raised);
        Assert.Equal("Confirmed", await StateAsync(computer, shown));

        // A page that was about to show a new code goes on as well.
        Assert.Equal(stepUp.ReturnUrl(), (await computer.GetAsync(link)).Headers.Location?.OriginalString);
        Assert.Equal(stepUp.ReturnUrl(), (await computer.SubmitAsync(shown.Url, shown.Page)).Headers.Location?.OriginalString);
        var tokens = await party.RedeemAsync(RelyingParty.Code((await computer.GetAsync(stepUp.ReturnUrl())).Headers.Location!));
        Assert.Equal((Primary, Intermediate), (before.Acr(), tokens.Acr()));
        Assert.Equal(before.Amr(), tokens.Amr());
    }

    [Fact] // 57
    public async Task An_organisation_of_the_list_is_raised_on_the_phone_of_who_represents_it_alone()
    {
        using var company = await Company.NewAsync(identity, proven: false);
        using var stranger = await Applicant.RegisteredAsync(identity);
        using var phone = identity.NewBrowser();
        await phone.SignInAsync(company.Representative.Person.IdNumber, Applicant.Password);
        var stepUp = $"/account/step-up?Organisation={company.Id}&ReturnUrl=/account/organisations";
        var link = await LinkAsync(company.Representative.Browser, stepUp);
        Assert.Contains(company.Id.ToString(), link, StringComparison.Ordinal);
        Assert.DoesNotContain(company.Id.ToString(), await LinkAsync(stranger.Browser, stepUp), StringComparison.Ordinal);
        var own = await ShowAsync(stranger.Browser, link);
        Assert.DoesNotContain(company.Organisation.Name, own.Page, StringComparison.Ordinal);
        Assert.Equal("", Browser.HiddenFields(own.Page)["Organisation"]);

        var shown = await ShowAsync(company.Representative.Browser, link);
        var raised = (await AnswerAsync(phone, shown, shown.Number)).Headers.Location!.OriginalString;
        Assert.DoesNotContain(company.Organisation.Name, await stranger.ReadAsync(raised), StringComparison.Ordinal);
        await RaiseByTaxAccountAsync(company, phone, raised);
        Assert.Equal("None", await StateAsync(stranger.Browser, shown));
        Assert.Equal("/account/organisations", (await company.Representative.Browser.SubmitAsync(shown.Url, shown.Page)).Headers.Location?.OriginalString);
        Assert.Contains("中级", await company.Representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_phone_that_strengthens_offers_to_raise_the_organisation_acted_for_at_the_computer()
    {
        using var company = await Company.NewAsync(identity);
        using var computer = identity.NewBrowser();
        using var phone = identity.NewBrowser();
        foreach (var browser in (Browser[])[computer, phone])
        {
            await browser.SignInAsync(company.Representative.Person.IdNumber, Applicant.Password);
        }

        await computer.SubmitAsync("/account/acting", await computer.ReadAsync("/account/acting"), ("Organisation", company.Id.ToString()));
        var link = await LinkAsync(computer, "/account/step-up");
        Assert.DoesNotContain("Raise=true", link, StringComparison.Ordinal);
        var shown = await ShowAsync(computer, link);
        var page = await phone.ReadAsync(shown.Address);
        Assert.Contains("data-way=\"sms\"", page, StringComparison.Ordinal);
        Assert.Contains($"提升“{company.Organisation.Name}”的等级", page, StringComparison.Ordinal);
        Assert.Contains($"/account/organisations/tax-account?Organisation={company.Id}&", page, StringComparison.Ordinal);
    }

    [Fact] // 57
    public async Task Another_persons_phone_is_refused_with_the_words_for_an_old_code()
    {
        using var stand = await Stand.SetUpAsync(identity);
        using var stranger = await Applicant.RegisteredAsync(identity);
        var shown = await ShowAsync(stand.Computer, await LinkAsync(stand.Computer, "/account/step-up"));
        var foreign = await stranger.ReadAsync(shown.Address);
        Assert.Contains("已失效，或不属于", foreign, StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"Number\"", foreign, StringComparison.Ordinal);
        var answered = await AnswerAsync(stranger.Browser, shown, shown.Number);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answered.StatusCode);
        Assert.Contains("已失效", await Applicant.TextAsync(answered), StringComparison.Ordinal);
        Assert.Equal("Waiting", await StateAsync(stand.Computer, shown));
        var account = (await identity.KeyOfAsync(stand.Owner.Person.IdNumber)).ToLowerInvariant();
        Assert.Equal(3, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'stepUp.handover' AND \"SubjectId\" = '{account}' AND \"Result\" = 'identity.handover.otherAccount'"));

        // Whose account rises is the phone's own affair: another's that rises moves nothing here.
        await stranger.FillAsync("/account/raise/bank-card", ("CardNumber", stranger.Person.BankCard));
        Assert.Equal("Waiting", await StateAsync(stand.Computer, shown));
    }

    [Fact] // 56
    public async Task Where_nothing_was_raised_or_the_phone_declines_the_computer_stays()
    {
        using var stand = await Stand.SetUpAsync(identity);
        var link = await LinkAsync(stand.Computer, "/account/step-up");
        var begun = await ShowAsync(stand.Computer, link);
        Assert.Equal(HttpStatusCode.Found, (await AnswerAsync(stand.Phone, begun, begun.Number)).StatusCode);
        Assert.Equal("Waiting", await StateAsync(stand.Computer, begun));
        await StaysAsync(stand, begun);
        Assert.Contains("已失效", await stand.Phone.ReadAsync(begun.Address), StringComparison.Ordinal);

        foreach (var wrong in (Func<Shown, string>[])[_ => "", shown => shown.Number == "10" ? "11" : "10"])
        {
            var refused = await ShowAsync(stand.Computer, link);
            Assert.Contains("已拒绝", await Applicant.TextAsync(await AnswerAsync(stand.Phone, refused, wrong(refused))), StringComparison.Ordinal);
            Assert.Equal("Refused", await StateAsync(stand.Computer, refused));
            await AnswerAsync(stand.Phone, refused, refused.Number);
            Assert.Equal("Refused", await StateAsync(stand.Computer, refused));
            await StaysAsync(stand, refused);
        }

        var late = await ShowAsync(stand.Computer, link);
        identity.Time.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));
        Assert.Contains("已失效", await stand.Phone.ReadAsync(late.Address), StringComparison.Ordinal);
        Assert.Equal(Primary, (await stand.Computer.TokensAsync(new RelyingParty(identity))).Acr());
    }

    [Fact]
    public async Task Who_is_below_primary_gets_there_on_the_phone_and_no_further_than_the_service_wants()
    {
        using var stand = await Stand.SetUpAsync(identity);
        var party = new RelyingParty(identity);
        var methods = (await stand.Computer.TokensAsync(party)).Amr();
        await identity.ExpireEvidenceAsync(stand.Owner.Person.Phone, "population-match");
        var stepUp = await stand.Computer.AskAsync(party, ("claims", Essential(Primary, Intermediate)));
        var shown = await ShowAsync(stand.Computer, await LinkAsync(stand.Computer, stepUp));
        var raised = (await AnswerAsync(stand.Phone, shown, shown.Number)).Headers.Location!.OriginalString;
        Assert.Contains("目前不足初级", await stand.Phone.ReadAsync(raised), StringComparison.Ordinal);
        var form = "/account/raise/population?ReturnUrl=" + Uri.EscapeDataString(raised);
        var person = stand.Owner.Person;
        var done = await stand.Phone.SubmitAsync(
            form, await stand.Phone.ReadAsync(form), ("IdNumber", person.IdNumber), ("Name", person.Name), ("Sex", person.Sex), ("Ethnicity", person.Ethnicity));
        Assert.Equal(raised, done.Headers.Location?.OriginalString);
        Assert.Contains("请回到电脑", await stand.Phone.ReadAsync(raised), StringComparison.Ordinal);
        Assert.Equal(stepUp.ReturnUrl(), (await stand.Computer.SubmitAsync(shown.Url, shown.Page)).Headers.Location?.OriginalString);
        var tokens = await party.RedeemAsync(RelyingParty.Code((await stand.Computer.GetAsync(stepUp.ReturnUrl())).Headers.Location!));
        Assert.Equal(Primary, tokens.Acr());
        Assert.Equal(methods, tokens.Amr());
    }

    private static async Task StaysAsync(Stand stand, Shown shown)
    {
        var stays = await stand.Computer.SubmitAsync(shown.Url, shown.Page);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, stays.StatusCode);
        Assert.Contains("认证等级尚未提升", await Applicant.TextAsync(stays), StringComparison.Ordinal);
    }

    private async Task RaiseByTaxAccountAsync(Company company, Browser phone, string raised)
    {
        var page = $"/account/organisations/tax-account?Organisation={company.Id}&ReturnUrl={Uri.EscapeDataString(raised)}";
        Assert.Contains($"href=\"{page}\"", await phone.ReadAsync(raised), StringComparison.Ordinal);
        Assert.Equal(page, (await phone.StrengthenAsync(identity, company.Representative.Person.Phone, page)).Headers.Location?.OriginalString);
        var done = await phone.SubmitAsync(page, await phone.ReadAsync(page), ("Account", company.Organisation.TaxAccount));
        Assert.Equal(raised, done.Headers.Location?.OriginalString);
        Assert.Contains("请回到电脑", await phone.ReadAsync(raised), StringComparison.Ordinal);
    }

    /// <summary>The link to the QR code on a page of the ways: there is one, whatever is lacking.</summary>
    private static async Task<string> LinkAsync(Browser computer, string stepUp) =>
        Assert.Single(Regex.Matches(await computer.ReadAsync(stepUp), "href=\"(?<a>/account/step-up/phone\\?[^\"]*)\"", RegexOptions.ExplicitCapture, Quick).Select(m => m.Groups["a"].Value));

    private static async Task<HttpResponseMessage> AnswerAsync(Browser phone, Shown shown, string number)
    {
        var page = await phone.ReadAsync(shown.Address);
        page = page.Contains("__RequestVerificationToken", StringComparison.Ordinal) ? page : await phone.ReadAsync("/account/password");
        return await phone.SubmitAsync(shown.Address, page, ("Code", shown.Code), ("Number", number));
    }

    /// <summary>As the page's script asks.</summary>
    private static async Task<string> StateAsync(Browser computer, Shown shown) => Regex.Match(
        await computer.ReadAsync(Regex.Match(shown.Page, "data-qr-sign-in=\"(?<u>[^\"]+)\"", RegexOptions.ExplicitCapture, Quick).Groups["u"].Value),
        "\"state\":\"(?<s>[A-Za-z]+)\"", RegexOptions.ExplicitCapture, Quick).Groups["s"].Value;

    private static async Task<Shown> ShowAsync(Browser computer, string url)
    {
        var page = await computer.ReadAsync(url);
        var address = QrReader.Read(Convert.FromBase64String(Regex.Match(page, "data:image/png;base64,(?<p>[A-Za-z0-9+/=]+)", RegexOptions.ExplicitCapture, Quick).Groups["p"].Value));
        return new Shown(
            url,
            page,
            new Uri(address).PathAndQuery,
            address[(address.IndexOf("code=", StringComparison.Ordinal) + 5)..],
            Regex.Match(page, "id=\"number\">(?<n>[0-9]{2})<", RegexOptions.ExplicitCapture, Quick).Groups["n"].Value,
            Browser.HiddenFields(page)["Handover"]);
    }

    private sealed record Shown(string Url, string Page, string Address, string Code, string Number, string Handover);

    /// <summary>One account at Primary, signed in by two factors at a computer and by the password on a phone.</summary>
    private sealed record Stand(Applicant Owner, Browser Computer, Browser Phone) : IDisposable
    {
        public static async Task<Stand> SetUpAsync(IdentityFixture identity)
        {
            var (owner, computer) = await ByPasswordAsync(identity, raised: false);
            await computer.StrengthenAsync(identity, owner.Person.Phone);
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
public sealed class RaiseHandoverOnSqlite(SqliteIdentity identity) : RaiseHandoverSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class RaiseHandoverOnPostgres(PostgresIdentity identity) : RaiseHandoverSuite(identity);
