using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>A number that the carrier gave to somebody else recovers nobody's account: where one is connected it is asked about the account's own number too.</summary>
public abstract class OwnPhoneRecoverySuite(IdentityFixture identity)
{
    private const string Checks = "/carrier/v1/checks";

    [Fact]
    public async Task The_new_holder_of_a_number_gets_no_further_than_the_code()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var holder = new Forgetful(identity, owner.Person);
        await holder.TellAsync();
        var code = await identity.WaitForCodeAsync(owner.Person.Phone, "recovery");
        await identity.Sandbox.FailAsync(Checks, "disagreeing", 100);
        try
        {
            var refused = await holder.TypeCodeAsync(code);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains("不是以您本人身份登记", await Applicant.TextAsync(refused), StringComparison.Ordinal);
        }
        finally
        {
            await identity.Sandbox.RecoverAsync();
        }

        Assert.Equal("/recover", (await holder.Browser.GetAsync("/recover/password")).Headers.Location?.OriginalString);
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
    }

    [Fact]
    public async Task A_carrier_that_is_away_when_the_code_is_typed_costs_a_code_and_nothing_else()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var forgetful = new Forgetful(identity, owner.Person);
        await forgetful.TellAsync();
        var code = await identity.WaitForCodeAsync(owner.Person.Phone, "recovery");
        await identity.Sandbox.FailAsync(Checks, "status=503", 100);
        try
        {
            var refused = await forgetful.TypeCodeAsync(code);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Contains("本次验证码已使用", await Applicant.TextAsync(refused), StringComparison.Ordinal);
        }
        finally
        {
            await identity.Sandbox.RecoverAsync();
        }

        await forgetful.ProvePhoneAsync(message: 2);
        Assert.Equal("/recover/done", (await forgetful.FinishAsync()).Headers.Location?.OriginalString);

        // What it said is kept, so that it can take it back.
        Assert.Equal(2, await ConfirmedAsync(owner));
    }

    [Fact]
    public async Task A_carrier_that_is_away_at_the_last_step_loses_nothing_that_was_typed()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var forgetful = new Forgetful(identity, owner.Person);
        await forgetful.ProvePhoneAsync();
        await identity.Sandbox.FailAsync(Checks, "status=503", 100);
        try
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await forgetful.FinishAsync()).StatusCode);
        }
        finally
        {
            await identity.Sandbox.RecoverAsync();
        }

        Assert.Equal("/recover/done", (await forgetful.FinishAsync()).Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task While_the_carrier_is_away_the_recovery_goes_on_waiting()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await BeginAsync(owner);
        var key = await identity.KeyOfAsync(owner.Person.IdNumber);
        await identity.Sandbox.FailAsync(Checks, "status=503", 100);
        try
        {
            identity.Time.Advance(TimeSpan.FromHours(25));
            await Messages.UntilAsync(async () => await identity.RowsAsync(
                $"\"OutboxMessages\" WHERE \"LastError\" IS NOT NULL AND \"IdempotencyKey\" IN (SELECT LOWER(CAST(\"Id\" AS text)) FROM \"RecoveryRequests\" WHERE \"AccountId\" = '{key}')") == 1);
            Assert.Equal("Waiting", await StateAsync(key));
            Assert.Equal(1, await ConfirmedAsync(owner));
        }
        finally
        {
            await identity.Sandbox.RecoverAsync();
        }

        identity.Time.Advance(TimeSpan.FromMinutes(10));
        await Messages.UntilAsync(async () => await StateAsync(key) == "Done");
        Assert.Equal(2, await ConfirmedAsync(owner));
    }

    [Fact]
    public async Task A_number_that_is_anothers_by_the_end_of_the_wait_ends_the_recovery()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await BeginAsync(owner);
        var key = await identity.KeyOfAsync(owner.Person.IdNumber);
        await identity.Sandbox.FailAsync(Checks, "disagreeing", 100);
        try
        {
            identity.Time.Advance(TimeSpan.FromHours(25));
            await Messages.UntilAsync(async () => await StateAsync(key) == "Cancelled");
        }
        finally
        {
            await identity.Sandbox.RecoverAsync();
        }

        Assert.Equal(1, await ConfirmedAsync(owner));
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SignInAsync(owner.Person.IdNumber, Forgetful.NewPassword)).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
    }

    /// <summary>A recovery by the own number that waits for a day, for the account has a second factor that was not shown.</summary>
    private async Task BeginAsync(Applicant owner)
    {
        await AuthenticatorOnPhone.PairAsync(owner, identity.Time);
        using var forgetful = new Forgetful(identity, owner.Person);
        await forgetful.ProvePhoneAsync();
        Assert.Equal("/recover/done?hours=24", (await forgetful.FinishAsync()).Headers.Location?.OriginalString);
    }

    private Task<string> StateAsync(string key) => identity.ReadAsync($"SELECT \"State\" FROM \"RecoveryRequests\" WHERE \"AccountId\" = '{key}' ORDER BY \"CreatedAt\" DESC LIMIT 1");

    /// <summary>Proofs of a phone with the carrier's signed answer in them.</summary>
    private async Task<long> ConfirmedAsync(Applicant owner) => await identity.RowsAsync(
        $"\"Evidence\" WHERE \"Method\" = 'sms-code-and-owner' AND \"ReceiptCipher\" IS NOT NULL AND \"SubjectId\" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}'");
}

public sealed class OwnPhoneRecoveriesOnSqlite(SqliteWithCarrier identity) : OwnPhoneRecoverySuite(identity), IClassFixture<SqliteWithCarrier>;

public sealed class OwnPhoneRecoveriesOnPostgres(PostgresWithCarrier identity) : OwnPhoneRecoverySuite(identity), IClassFixture<PostgresWithCarrier>;
