using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>Where a carrier is connected, a phone proves only the person whose it is.</summary>
public sealed class PhoneOwnerTests(SqliteIdentity identity) : IClassFixture<SqliteIdentity>
{
    [Fact]
    public async Task Anothers_phone_does_not_register_me_and_a_carrier_that_fails_loses_nothing()
    {
        await using var second = await identity.StartSecondAsync(8, ("Authorities:Carrier:Keys:0", AuthorityKeyring.PublicKey("carrier")));
        using var applicant = new Applicant(identity, await identity.Sandbox.NextPersonAsync(), $"http://localhost:{identity.BasePort + 8}");
        var other = await identity.Sandbox.NextPersonAsync();
        await applicant.TellAsync();
        await applicant.AskCodeAsync(other.Phone);
        var refused = await applicant.TypeCodeAsync(await identity.Sandbox.CodeAsync(other.Phone));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("不是以您本人身份登记", await Applicant.TextAsync(refused), StringComparison.Ordinal);
        Assert.DoesNotContain(other.Name, await Applicant.TextAsync(refused), StringComparison.Ordinal);

        await applicant.AskCodeAsync();
        await identity.Sandbox.FailAsync("/carrier", "forged", 100);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await applicant.TypeCodeAsync()).StatusCode);
        await identity.Sandbox.RecoverAsync();
        await applicant.AskCodeAsync();
        Assert.Equal("/register/check", (await applicant.TypeCodeAsync()).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.Found, (await applicant.FinishAsync()).StatusCode);
        Assert.Equal(1, await identity.RowsAsync(
            $"\"Evidence\" WHERE \"Method\" = 'sms-code-and-owner' AND \"ReceiptCipher\" IS NOT NULL AND \"SubjectId\" = '{await identity.KeyOfAsync(applicant.Person.IdNumber)}'"));

        // The carrier gives the number to somebody else: it leaves the account, and no message goes to whoever has it now.
        Assert.Contains("id=\"level\">初级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
        using var http = new HttpClient { BaseAddress = new Uri($"http://localhost:{identity.BasePort + 8}") };
        var receipt = await AuthorityEvents.ReceiptAsync(identity, applicant.Person.IdNumber, "phone-otp");
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "carrier", receipt, http));
        Assert.Equal(1, await identity.RowsAsync($"\"Persons\" WHERE \"PhoneIndex\" LIKE 'none:%' AND \"Id\" = '{await identity.KeyOfAsync(applicant.Person.IdNumber)}'"));
        Assert.Contains("id=\"level\">未认证", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Contains("原绑定的手机号已由他人实名使用", await applicant.ReadAsync("/account/notices"), StringComparison.Ordinal);
        Assert.Contains("\"kind\":\"phone-otp\"", await applicant.ReadAsync("/account/step-up/ways"), StringComparison.Ordinal);
        Assert.DoesNotContain(await identity.Sandbox.MessagesAsync(applicant.Person.Phone), m => m.Purpose == "source-notice");
    }

    [Fact]
    public async Task What_a_carrier_says_of_a_former_number_takes_no_newer_one_away()
    {
        await using var second = await identity.StartSecondAsync(8, ("Authorities:Carrier:Keys:0", AuthorityKeyring.PublicKey("carrier")));
        using var applicant = new Applicant(identity, await identity.Sandbox.NextPersonAsync(), $"http://localhost:{identity.BasePort + 8}");
        await applicant.ProveAsync();
        Assert.Equal(HttpStatusCode.Found, (await applicant.FinishAsync()).StatusCode);
        var receipt = await AuthorityEvents.ReceiptAsync(identity, applicant.Person.IdNumber, "phone-otp");
        // A new card: no other person's, whose number the carrier would not confirm.
        var spare = string.Create(CultureInfo.InvariantCulture, $"198{RandomNumberGenerator.GetInt32(100_000_000):00000000}");
        await applicant.FillAsync("/account/phone", ("Phone", spare));
        Assert.Equal("/account?done=phone", (await applicant.FillAsync(
            "/account/phone/code", ("NewCode", await identity.WaitForCodeAsync(spare, "phone-change")),
            ("FormerCode", await identity.WaitForCodeAsync(applicant.Person.Phone, "phone-change-former")))).Headers.Location?.OriginalString);

        var key = await identity.KeyOfAsync(applicant.Person.IdNumber);
        Assert.Equal(2, await identity.RowsAsync($"\"Evidence\" WHERE \"Method\" = 'sms-code-and-owner' AND \"ReceiptCipher\" IS NOT NULL AND \"SubjectId\" = '{key}'"));

        // As of a release that left the former proof standing.
        await identity.ExecuteAsync($"UPDATE \"Evidence\" SET \"Supersedes\" = NULL WHERE \"Kind\" = 'phone-otp' AND \"SubjectId\" = '{key}'");
        using var http = new HttpClient { BaseAddress = new Uri($"http://localhost:{identity.BasePort + 8}") };
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "carrier", receipt, http));
        Assert.Equal(1, await identity.RowsAsync($"\"Persons\" WHERE \"Id\" = '{key}' AND \"PhoneIndex\" NOT LIKE 'none:%'"));
        Assert.Contains("id=\"level\">初级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
    }

    [Fact] // 54
    public async Task A_recovery_that_waits_ends_when_the_carrier_says_the_number_is_anothers()
    {
        await using var second = await identity.StartSecondAsync(8, ("Authorities:Carrier:Keys:0", AuthorityKeyring.PublicKey("carrier")));
        using var applicant = new Applicant(identity, await identity.Sandbox.NextPersonAsync(), $"http://localhost:{identity.BasePort + 8}");
        await applicant.ProveAsync();
        Assert.Equal(HttpStatusCode.Found, (await applicant.FinishAsync()).StatusCode);
        await AuthenticatorOnPhone.PairAsync(applicant, identity.Time);
        using var holder = new Forgetful(identity, applicant.Person);
        await holder.ProvePhoneAsync();
        Assert.Equal("/recover/done?hours=24", (await holder.FinishAsync()).Headers.Location?.OriginalString);
        using var http = new HttpClient { BaseAddress = new Uri($"http://localhost:{identity.BasePort + 8}") };
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "carrier", await AuthorityEvents.ReceiptAsync(identity, applicant.Person.IdNumber, "phone-otp"), http));
        var key = await identity.KeyOfAsync(applicant.Person.IdNumber);
        Assert.Equal("Cancelled", await identity.ReadAsync($"SELECT \"State\" FROM \"RecoveryRequests\" WHERE \"AccountId\" = '{key}'"));
    }
}
