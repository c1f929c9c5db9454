using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.StepUp;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>A card and the number that its bank knows prove nothing in the hands of somebody who only knows them: the phone itself is asked. The account here has another phone than the bank knows.</summary>
public abstract class BankPhoneSuite(IdentityFixture identity)
{
    private const string Form = "/account/raise/bank-card";
    private const string CodePage = Form + "/code";
    private const string DraftCookie = "yinxin.identity.bank-card";
    private static readonly string Onwards = CodePage + "?ReturnUrl=" + Uri.EscapeDataString("/account/acting");

    [Fact]
    public async Task A_phone_that_is_not_the_accounts_own_gets_a_code_before_the_card_network_is_asked()
    {
        using var holder = await RegisteredAsync();
        var person = holder.Person;

        // The account's own is another than the bank knows.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await holder.FillAsync(Form, ("CardNumber", person.BankCard))).StatusCode);
        Assert.Equal(1, await RecordsAsync(person));

        await BeginAsync(holder);
        var page = await holder.ReadAsync(Onwards);
        Assert.Contains($"{person.Phone[..3]}****{person.Phone[^4..]}", page, StringComparison.Ordinal);
        Assert.DoesNotContain(person.Phone, page, StringComparison.Ordinal);
        Assert.DoesNotContain(person.BankCard, page, StringComparison.Ordinal);
        Assert.DoesNotContain(holder.Browser.Cookies.GetAllCookies(), c => c.Value.Contains(person.BankCard, StringComparison.Ordinal));
        var former = await identity.WaitForCodeAsync(person.Phone, "bank-card");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await holder.FillAsync(Onwards, ("Code", Other(former)))).StatusCode);
        Assert.Equal(1, await RecordsAsync(person));
        Assert.Contains("id=\"level\">初级", await holder.ReadAsync("/account"), StringComparison.Ordinal);

        // Sent again, the former code is worth nothing.
        Assert.Equal(Onwards, (await holder.FillAsync(Onwards, CodePage + "?handler=Send", ("ReturnUrl", "/account/acting"))).Headers.Location?.OriginalString);
        var code = await identity.WaitForCodeAsync(person.Phone, "bank-card", 2);
        if (former != code)
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await holder.FillAsync(Onwards, ("Code", former))).StatusCode);
        }

        // What the network could not answer is asked again without another code.
        await identity.Sandbox.FailAsync("/bank-card", "status=500", 100);
        try
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await holder.FillAsync(Onwards, ("Code", code))).StatusCode);
        }
        finally
        {
            await identity.Sandbox.RecoverAsync();
        }

        Assert.Equal(1, await RecordsAsync(person));
        Assert.Equal("/account/acting", (await holder.FillAsync(Onwards)).Headers.Location?.OriginalString);
        Assert.Equal(1, await RecordsAsync(person, "AND \"Result\" = 'Agreed'"));
        Assert.Contains("id=\"level\">中级", await holder.ReadAsync("/account"), StringComparison.Ordinal);

        // The draft is spent.
        Assert.StartsWith(Form + "?", (await holder.Browser.GetAsync(Onwards)).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_card_that_was_mistyped_is_corrected_without_another_code()
    {
        using var holder = await RegisteredAsync();
        using var other = await Applicant.NewAsync(identity);
        var person = holder.Person;
        await BeginAsync(holder, other.Person.BankCard);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await holder.FillAsync(Onwards, ("Code", await identity.WaitForCodeAsync(person.Phone, "bank-card")))).StatusCode);
        Assert.Equal("/account", (await holder.FillAsync(Form, ("CardNumber", person.BankCard), ("Phone", person.Phone))).Headers.Location?.OriginalString);
        Assert.Contains("id=\"level\">中级", await holder.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Single(await identity.Sandbox.MessagesAsync(person.Phone), m => m.Purpose == "bank-card");

        // With that it is over: the next card begins with a code again.
        await BeginAsync(holder);
    }

    [Fact]
    public async Task A_phone_that_was_proved_vouches_for_no_other()
    {
        using var thief = await RegisteredAsync();
        var (person, own) = (thief.Person, await identity.Sandbox.NextPersonAsync());
        Assert.StartsWith(CodePage + "?", (await thief.FillAsync(Form, ("CardNumber", person.BankCard), ("Phone", own.Phone))).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await thief.FillAsync(CodePage, ("Code", await identity.WaitForCodeAsync(own.Phone, "bank-card")))).StatusCode);
        Assert.Equal(1, await RecordsAsync(person));
        await BeginAsync(thief);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await thief.FillAsync(Onwards)).StatusCode);
        Assert.Equal(1, await RecordsAsync(person));
        Assert.Contains("id=\"level\">初级", await thief.ReadAsync("/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_code_of_another_purpose_or_of_another_form_is_one()
    {
        using var thief = await RegisteredAsync();
        var person = thief.Person;
        Assert.StartsWith(Form + "?", (await thief.Browser.GetAsync(CodePage)).Headers.Location!.OriginalString, StringComparison.Ordinal);

        // Sent to the very phone, for a change of number.
        Assert.Equal("/account/phone/code", (await thief.FillAsync("/account/phone", ("Phone", person.Phone))).Headers.Location?.OriginalString);
        var change = await identity.WaitForCodeAsync(person.Phone, "phone-change");
        await BeginAsync(thief);
        var first = await identity.WaitForCodeAsync(person.Phone, "bank-card");
        await BeginAsync(thief);
        var second = await identity.WaitForCodeAsync(person.Phone, "bank-card", 2);
        foreach (var wrong in new[] { change, first, "", "12345" }.Where(c => c != second))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await thief.FillAsync(Onwards, ("Code", wrong))).StatusCode);
        }

        Assert.Equal(0, await RecordsAsync(person));
        Assert.Contains("id=\"level\">初级", await thief.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Equal("/account/acting", (await thief.FillAsync(Onwards, ("Code", second))).Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Five_wrong_codes_end_it_and_so_does_a_quarter_of_an_hour()
    {
        using var thief = await RegisteredAsync();
        var person = thief.Person;
        await BeginAsync(thief);
        var code = await identity.WaitForCodeAsync(person.Phone, "bank-card");
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await thief.FillAsync(Onwards, ("Code", Other(code)))).StatusCode);
        }

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await thief.FillAsync(Onwards, ("Code", code))).StatusCode);
        Assert.Equal(0, await RecordsAsync(person));

        // After that nobody can tell any more which card it was for.
        await Browser.StayAsync(identity.Time, TimeSpan.FromMinutes(61), thief.Browser);
        await BeginAsync(thief);
        code = await identity.WaitForCodeAsync(person.Phone, "bank-card", 2);
        var form = await thief.ReadAsync(Onwards);
        await Browser.StayAsync(identity.Time, TimeSpan.FromMinutes(16), thief.Browser);
        Assert.StartsWith(Form + "?", (await thief.Browser.SubmitAsync(Onwards, form, ("Code", code))).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(0, await RecordsAsync(person));
    }

    [Fact]
    public async Task The_draft_of_one_session_is_nothing_in_another()
    {
        var own = await identity.Sandbox.NextPersonAsync();
        using var holder = await RegisteredAsync(own.Phone);
        var person = holder.Person;
        await BeginAsync(holder);
        var code = await identity.WaitForCodeAsync(person.Phone, "bank-card");
        using var elsewhere = identity.NewBrowser();
        await elsewhere.SignInAsync(person.IdNumber, Applicant.Password);
        await elsewhere.StrengthenAsync(identity, own.Phone);
        var site = new Uri(identity.Issuer);
        elsewhere.Cookies.Add(site, new Cookie(DraftCookie, holder.Browser.Cookies.GetCookies(site)[DraftCookie]!.Value));
        Assert.StartsWith(Form + "?", (await elsewhere.GetAsync(Onwards)).Headers.Location!.OriginalString, StringComparison.Ordinal);
        var sent = await elsewhere.SubmitAsync(Onwards, await elsewhere.ReadAsync(Form), ("Code", code));
        Assert.StartsWith(Form + "?", sent.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(0, await RecordsAsync(person));

        Assert.Equal("/account/acting", (await holder.FillAsync(Onwards, ("Code", code))).Headers.Location?.OriginalString);
        Assert.Equal(1, await RecordsAsync(person));
    }

    [Fact]
    public async Task An_own_number_that_no_code_proves_any_more_gets_one_as_well()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await identity.ExpireEvidenceAsync(owner.Person.Phone, "phone-otp");
        var sent = await owner.FillAsync(Form, ("CardNumber", owner.Person.BankCard));
        Assert.StartsWith(CodePage + "?", sent.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(0, await RecordsAsync(owner.Person));
        Assert.Equal(HttpStatusCode.Found, (await owner.FillAsync(CodePage, ("Code", await identity.WaitForCodeAsync(owner.Person.Phone, "bank-card")))).StatusCode);
        Assert.Equal(1, await RecordsAsync(owner.Person));
    }

    [Fact]
    public async Task One_account_messages_only_so_many_strangers_with_it()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(HttpStatusCode.Found, (await owner.FillAsync(Form, ("CardNumber", owner.Person.BankCard), ("Phone", (await identity.Sandbox.NextPersonAsync()).Phone))).StatusCode);
        }

        var last = await identity.Sandbox.NextPersonAsync();
        Assert.Equal(HttpStatusCode.TooManyRequests, (await owner.FillAsync(Form, ("CardNumber", owner.Person.BankCard), ("Phone", last.Phone))).StatusCode);
        Assert.Empty(await identity.Sandbox.MessagesAsync(last.Phone));
    }

    private static string Other(string code) => code == "123456" ? "654321" : "123456";

    /// <summary>An account at Primary whose phone is not the one that the bank knows: somebody with two phones, or a thief with another's particulars and a phone of his own.</summary>
    private async Task<Applicant> RegisteredAsync(string? phone = null)
    {
        var (applicant, own) = (await Applicant.NewAsync(identity), phone ?? (await identity.Sandbox.NextPersonAsync()).Phone);
        await applicant.TellAsync();
        await applicant.AskCodeAsync(own);
        await applicant.TypeCodeAsync(await identity.Sandbox.CodeAsync(own));
        var done = await applicant.FinishAsync();
        return done.StatusCode == HttpStatusCode.Found ? applicant : throw new InvalidOperationException(await Applicant.TextAsync(done));
    }

    /// <summary>Gives card and bank's phone, to which a code goes.</summary>
    private static async Task BeginAsync(Applicant holder, string? card = null)
    {
        var sent = await holder.FillAsync(Form, ("CardNumber", card ?? holder.Person.BankCard), ("Phone", holder.Person.Phone), ("ReturnUrl", "/account/acting"));
        Assert.Equal(Onwards, sent.Headers.Location?.OriginalString);
    }

    private async Task<long> RecordsAsync(SyntheticPerson person, string condition = "") =>
        await identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" = 'unionpay-card' AND \"SubjectId\" = '{await identity.KeyOfAsync(person.IdNumber)}' {condition}");
}

[Collection(OnSqlite.Name)]
public sealed class BankPhonesOnSqlite(SqliteIdentity identity) : BankPhoneSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class BankPhonesOnPostgres(PostgresIdentity identity) : BankPhoneSuite(identity);
