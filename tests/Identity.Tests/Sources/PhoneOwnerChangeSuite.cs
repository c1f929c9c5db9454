using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Assurance;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>Where a carrier is connected it is asked about every number that comes to an account: by a change, by a counter's ticket, by a recovery.</summary>
public abstract class PhoneOwnerChangeSuite(IdentityFixture identity)
{
    private const string NotOwner = "不是以您本人身份登记";

    [Fact]
    public async Task Anothers_phone_does_not_take_the_place_of_mine_and_the_carriers_answer_about_my_own_is_kept()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var (other, own) = (await identity.Sandbox.NextPersonAsync(), NewCard());
        var refused = await ChangeAsync(owner, other.Phone, 1);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains(NotOwner, await Applicant.TextAsync(refused), StringComparison.Ordinal);
        Assert.DoesNotContain(other.Name, await Applicant.TextAsync(refused), StringComparison.Ordinal);

        await identity.Sandbox.FailAsync("/carrier", "forged", 100);
        try
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ChangeAsync(owner, own, 2)).StatusCode);
        }
        finally
        {
            await identity.Sandbox.RecoverAsync();
        }

        Assert.Equal((1L, 1L), (await HasPhoneAsync(owner, owner.Person.Phone), await ConfirmedAsync(owner)));
        Assert.Equal("/account?done=phone", (await ChangeAsync(owner, own, 3, newCodes: 2)).Headers.Location?.OriginalString);
        Assert.Equal((1L, 2L), (await HasPhoneAsync(owner, own), await ConfirmedAsync(owner)));

        // So the carrier can take it back.
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "carrier", await AuthorityEvents.ReceiptAsync(identity, owner.Person.IdNumber, "phone-otp")));
        Assert.Equal(1, await identity.RowsAsync($"\"Persons\" WHERE \"PhoneIndex\" LIKE 'none:%' AND \"Id\" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}'"));
    }

    [Fact]
    public async Task A_counters_ticket_brings_no_phone_of_another_and_is_not_lost_by_it()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var (other, own) = (await identity.Sandbox.NextPersonAsync(), NewCard());
        var window = await Official.SignInAsync(identity, "window", "identity.counter");
        var issued = await window.PostAsync("/api/counter-recoveries", new { owner.Person.IdNumber, owner.Person.Name, hall = "合肥", hallLevel = "city", window = "1", documentChecked = true });
        using var rightful = new Forgetful(identity, owner.Person);
        await rightful.FillAsync("/recover/ticket", ("IdNumber", owner.Person.IdNumber), ("Ticket", issued["ticket"]!));
        await rightful.NewPhoneAsync(other.Phone);
        var refused = await rightful.TypeCodeAsync(await identity.WaitForCodeAsync(other.Phone, "recovery-new"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains(NotOwner, await Applicant.TextAsync(refused), StringComparison.Ordinal);
        Assert.Equal("/recover", (await rightful.Browser.GetAsync("/recover/password")).Headers.Location?.OriginalString);

        await rightful.NewPhoneAsync(own);
        Assert.Equal("/recover/password", (await rightful.TypeCodeAsync(await identity.WaitForCodeAsync(own, "recovery-new"))).Headers.Location?.OriginalString);
        await identity.Sandbox.FailAsync("/carrier", "status=503", 100);
        try
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await rightful.FinishAsync()).StatusCode);
        }
        finally
        {
            await identity.Sandbox.RecoverAsync();
        }

        Assert.Equal("/recover/done", (await rightful.FinishAsync()).Headers.Location?.OriginalString);
        Assert.Equal((1L, 2L), (await HasPhoneAsync(owner, own), await ConfirmedAsync(owner)));
    }

    [Fact]
    public async Task The_carrier_is_asked_again_when_a_recovery_takes_effect_and_ends_one_that_it_does_not_confirm()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await WaitWithAsync(owner, NewCard());
        await identity.Sandbox.FailAsync("/carrier/v1/checks", "disagreeing", 100);
        try
        {
            await EndWaitAsync(owner, "Cancelled");
        }
        finally
        {
            await identity.Sandbox.RecoverAsync();
        }

        await identity.WaitForWordsAsync(owner.Person.Phone, "账号找回没有生效");
        Assert.Equal((1L, 1L), (await HasPhoneAsync(owner, owner.Person.Phone), await ConfirmedAsync(owner)));

        using var confirmed = await Applicant.RegisteredAsync(identity);
        var own = NewCard();
        await WaitWithAsync(confirmed, own);
        await EndWaitAsync(confirmed, "Done");
        Assert.Equal((1L, 2L), (await HasPhoneAsync(confirmed, own), await ConfirmedAsync(confirmed)));
    }

    [Fact] // 50
    public async Task Anothers_phone_is_refused_alike_in_a_recovery_with_and_without_an_account()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var (nobody, other) = (await identity.Sandbox.NextPersonAsync(), await identity.Sandbox.NextPersonAsync());
        foreach (var (person, n) in ((SyntheticPerson, int)[])[(owner.Person, 1), (nobody, 2)])
        {
            using var stranger = new Forgetful(identity, person);
            await stranger.TellAsync("phone");
            await stranger.NewPhoneAsync(other.Phone);
            var refused = await stranger.TypeCodeAsync(await identity.WaitForCodeAsync(other.Phone, "recovery-new", n));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains(NotOwner, await Applicant.TextAsync(refused), StringComparison.Ordinal);
        }
    }

    /// <summary>A number that stands at nobody's name until somebody buys its card.</summary>
    private static string NewCard() => string.Create(CultureInfo.InvariantCulture, $"198{RandomNumberGenerator.GetInt32(100_000_000):00000000}");

    /// <param name="owner">Whose.</param>
    /// <param name="phone">The new number.</param>
    /// <param name="formerCodes">How many codes the former phone has had with this one.</param>
    /// <param name="newCodes">The same of the new one.</param>
    private async Task<HttpResponseMessage> ChangeAsync(Applicant owner, string phone, int formerCodes, int newCodes = 1)
    {
        await owner.FillAsync("/account/phone", ("Phone", phone));
        return await owner.FillAsync(
            "/account/phone/code", ("NewCode", await identity.WaitForCodeAsync(phone, "phone-change", newCodes)),
            ("FormerCode", await identity.WaitForCodeAsync(owner.Person.Phone, "phone-change-former", formerCodes)));
    }

    /// <summary>A recovery that brings a new phone, with a recovery code.</summary>
    private async Task WaitWithAsync(Applicant owner, string phone)
    {
        await AuthenticatorOnPhone.PairAsync(owner, identity.Time);
        var made = await Applicant.TextAsync(await owner.FillAsync("/account/second-factor", "/account/second-factor?handler=Codes"));
        var code = Regex.Match(made, "<code>(?<c>[0-9a-z]{5}-[0-9a-z]{5})</code>", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["c"].Value;
        using var forgetful = new Forgetful(identity, owner.Person);
        await forgetful.TellAsync("phone");
        await forgetful.NewPhoneAsync(phone);
        await forgetful.TypeCodeAsync(await identity.WaitForCodeAsync(phone, "recovery-new"));
        Assert.Equal("/recover/done?hours=72", (await forgetful.FinishAsync(code)).Headers.Location?.OriginalString);
    }

    private async Task EndWaitAsync(Applicant owner, string state)
    {
        identity.Time.Advance(TimeSpan.FromHours(73));
        var key = await identity.KeyOfAsync(owner.Person.IdNumber);
        await Messages.UntilAsync(async () => await identity.ReadAsync($"SELECT \"State\" FROM \"RecoveryRequests\" WHERE \"AccountId\" = '{key}' ORDER BY \"CreatedAt\" DESC LIMIT 1") == state);
    }

    private async Task<long> HasPhoneAsync(Applicant owner, string phone) =>
        await identity.RowsAsync($"\"Persons\" WHERE \"Id\" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}' AND \"PhoneMasked\" LIKE '%{phone[^4..]}' AND \"PhoneIndex\" NOT LIKE 'none:%'");

    /// <summary>Proofs of a phone with the carrier's signed answer in them.</summary>
    private async Task<long> ConfirmedAsync(Applicant owner) => await identity.RowsAsync(
        $"\"Evidence\" WHERE \"Method\" = 'sms-code-and-owner' AND \"ReceiptCipher\" IS NOT NULL AND \"SubjectId\" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}'");
}

public sealed class PhoneOwnerChangesOnSqlite(SqliteWithCarrier identity) : PhoneOwnerChangeSuite(identity), IClassFixture<SqliteWithCarrier>;

public sealed class PhoneOwnerChangesOnPostgres(PostgresWithCarrier identity) : PhoneOwnerChangeSuite(identity), IClassFixture<PostgresWithCarrier>;
