using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Sources;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>What a recovery writes down as proved: the library's word about this account, in the moment in which it takes effect.</summary>
public abstract class RecoveryProofSuite(IdentityFixture identity)
{
    private const string Checks = "/population/v1/checks";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_match_is_the_librarys_signed_answer_of_the_moment_in_which_the_recovery_takes_effect(bool waits)
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        DateTimeOffset effect;
        if (waits)
        {
            await BeginAsync(owner);
            effect = identity.Time.GetUtcNow().AddHours(23);
            await EndWaitAsync(owner, "Done");
        }
        else
        {
            using var forgetful = new Forgetful(identity, owner.Person);
            await forgetful.ProvePhoneAsync();
            identity.Time.Advance(TimeSpan.FromMinutes(10));
            effect = identity.Time.GetUtcNow();
            Assert.Equal("/recover/done", (await forgetful.FinishAsync()).Headers.Location?.OriginalString);
        }

        var matches = await MatchesAsync(owner);
        var match = matches[^1];
        Assert.Equal(2, matches.Count);
        Assert.Equal(matches[0].Id, match.Supersedes);
        Assert.Equal(["idNumber", "name", "sex", "ethnicity"], match.MatchedAttributes);
        Assert.InRange(match.VerifiedAt, effect, identity.Time.GetUtcNow());

        await using var scope = identity.Services.CreateAsyncScope();
        var answer = new JsonWebToken(EvidenceReceipt.Read(match, scope.ServiceProvider.GetRequiredService<PersonalData>())!);
        Assert.Equal("population", answer.Issuer);
        Assert.Equal(match.ReferenceAtSource, answer.Id);
        Assert.Equal("match", answer.GetPayloadValue<string>("result"));

        // Signed in whole seconds.
        Assert.InRange(DateTimeOffset.FromUnixTimeSeconds(answer.GetPayloadValue<long>("iat")), effect.AddSeconds(-1), match.VerifiedAt);
    }

    /// <summary>Two matches stand side by side after a hand-over; of them the recovery leaves none but its own, or the former would carry on once the new one is withdrawn.</summary>
    [Fact]
    public async Task A_match_that_a_city_handed_over_does_not_stand_on_beside_the_new_one()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var row = HandedOver.RowOf(owner.Person);
        row["evidence"] = new[] { EvidenceKinds.PopulationMatch, EvidenceKinds.PhoneCode }
            .Select(kind => new { kind, method = "as-recorded", assuredBy = "样例窗口", verifiedAt = identity.Time.GetUtcNow().AddDays(-30) }).ToArray();
        Assert.Equal("1", (await HandedOver.SendAsync(identity, Guid.NewGuid(), "yixian", JsonSerializer.Serialize(row)))["linked"]);
        Assert.Equal((2, 2), (await StandingAsync(owner, EvidenceKinds.PopulationMatch), await StandingAsync(owner, EvidenceKinds.PhoneCode)));

        using var forgetful = new Forgetful(identity, owner.Person);
        await forgetful.ProvePhoneAsync();
        Assert.Equal("/recover/done", (await forgetful.FinishAsync()).Headers.Location?.OriginalString);
        Assert.Equal((1, 1), (await StandingAsync(owner, EvidenceKinds.PopulationMatch), await StandingAsync(owner, EvidenceKinds.PhoneCode)));
    }

    [Fact]
    public async Task An_answer_that_the_library_takes_back_during_the_wait_proves_nothing()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await BeginAsync(owner);
        var receipt = await identity.ReadAsync($"SELECT \"PopulationReceipt\" FROM \"RecoveryRequests\" WHERE \"AccountId\" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}'");
        Assert.Equal("nobody", await AuthorityEvents.WithdrawAsync(identity, "population", receipt));
        await EndWaitAsync(owner, "Done");
        Assert.Equal(0, await identity.RowsAsync($"\"Evidence\" WHERE \"ReferenceAtSource\" = '{receipt}'"));
        Assert.NotNull((await MatchesAsync(owner))[^1].ReceiptCipher);
    }

    [Fact]
    public async Task A_new_name_that_the_library_reports_during_the_wait_is_what_the_match_is_about()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await BeginAsync(owner);
        (await identity.Sandbox.Http.PostAsJsonAsync("/changes/v1/samples", new { kind = "name-changed", idNumber = owner.Person.IdNumber, name = "样复名" })).EnsureSuccessStatusCode();
        await Messages.UntilAsync(async () => (await MatchesAsync(owner))[^1].Method == "change-notice");
        await EndWaitAsync(owner, "Done");

        // The library knows no other name any more: asked about the former one it would not have agreed.
        var matches = await MatchesAsync(owner);
        Assert.Equal("four-elements", matches[^1].Method);
        Assert.Equal(matches[^2].Id, matches[^1].Supersedes);
        Assert.NotNull(matches[^1].ReceiptCipher);
    }

    [Fact]
    public async Task A_library_that_does_not_agree_when_the_wait_is_over_ends_the_recovery_and_the_owner_is_told()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await BeginAsync(owner);
        await identity.Sandbox.FailAsync(Checks, "disagreeing", 100);
        try
        {
            await EndWaitAsync(owner, "Cancelled");
        }
        finally
        {
            await identity.Sandbox.RecoverAsync();
        }

        Assert.Single(await MatchesAsync(owner));
        await identity.WaitForWordsAsync(owner.Person.Phone, "账号找回没有生效");
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SignInAsync(owner.Person.IdNumber, Forgetful.NewPassword)).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
    }

    [Fact]
    public async Task While_the_library_is_away_the_recovery_goes_on_waiting()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await BeginAsync(owner);
        var key = await identity.KeyOfAsync(owner.Person.IdNumber);

        // More than the recoveries that other suites left waiting, and that come due with this one, can ask meanwhile.
        await identity.Sandbox.FailAsync(Checks, "status=503", 100_000);
        try
        {
            identity.Time.Advance(TimeSpan.FromHours(25));
            await Messages.UntilAsync(async () => await identity.RowsAsync(
                $"\"OutboxMessages\" WHERE \"LastError\" IS NOT NULL AND \"IdempotencyKey\" IN (SELECT LOWER(CAST(\"Id\" AS text)) FROM \"RecoveryRequests\" WHERE \"AccountId\" = '{key}')") == 1);
            Assert.Equal("Waiting", await StateAsync(owner));
            Assert.Single(await MatchesAsync(owner));
        }
        finally
        {
            await identity.Sandbox.RecoverAsync();
        }

        identity.Time.Advance(TimeSpan.FromMinutes(10));
        await Messages.UntilAsync(async () => await StateAsync(owner) == "Done");
        Assert.Equal(2, (await MatchesAsync(owner)).Count);
    }

    [Fact]
    public async Task What_the_library_reports_while_it_is_asked_outweighs_its_answer_and_nothing_is_lost()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var forgetful = new Forgetful(identity, owner.Person);
        await forgetful.ProvePhoneAsync();
        await identity.Sandbox.FailAsync(Checks, "delay=2s", 1);
        var finishing = forgetful.FinishAsync();
        for (var number = 1; !finishing.IsCompleted; number++)
        {
            // Each one is news, even where it changes nothing.
            var place = number;
            Assert.Equal("unchanged", await AuthorityEvents.HappenAsync(
                identity, "population", change => new { id = change, number = place, kind = "name-changed", idNumber = owner.Person.IdNumber, name = owner.Person.Name }));
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        var answer = await finishing;
        await identity.Sandbox.RecoverAsync();
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("登记信息有变更", await Applicant.TextAsync(answer), StringComparison.Ordinal);
        Assert.Single(await MatchesAsync(owner));
        Assert.Equal("/recover/done", (await forgetful.FinishAsync()).Headers.Location?.OriginalString);
    }

    [Fact] // 50
    public async Task A_name_that_the_library_confirms_and_the_account_does_not_have_recovers_nothing_and_tells_of_no_account()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        Assert.Equal("corrected", await AuthorityEvents.HappenAsync(
            identity, "population", change => new { id = change, number = 1, kind = "name-changed", idNumber = owner.Person.IdNumber, name = "样他名" }));
        using var forgetful = new Forgetful(identity, owner.Person);
        Assert.Equal("/recover/code", (await forgetful.TellAsync()).Headers.Location?.OriginalString);
        await identity.WaitForRecoveryCodesAsync();
        Assert.DoesNotContain(await identity.Sandbox.MessagesAsync(owner.Person.Phone), m => m.Purpose == "recovery");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await forgetful.TypeCodeAsync("000000")).StatusCode);
    }

    /// <summary>A recovery that waits for a day, for the account has a second factor that was not shown.</summary>
    private async Task BeginAsync(Applicant owner)
    {
        await AuthenticatorOnPhone.PairAsync(owner, identity.Time);
        using var forgetful = new Forgetful(identity, owner.Person);
        await forgetful.ProvePhoneAsync();
        Assert.Equal("/recover/done?hours=24", (await forgetful.FinishAsync()).Headers.Location?.OriginalString);
    }

    private async Task EndWaitAsync(Applicant owner, string state)
    {
        identity.Time.Advance(TimeSpan.FromHours(25));
        await Messages.UntilAsync(async () => await StateAsync(owner) == state);
    }

    private async Task<string> StateAsync(Applicant owner) => await identity.ReadAsync(
        $"SELECT \"State\" FROM \"RecoveryRequests\" WHERE \"AccountId\" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}' ORDER BY \"CreatedAt\" DESC LIMIT 1");

    /// <summary>Records of a kind that nothing took the place of or took back.</summary>
    private async Task<int> StandingAsync(Applicant owner, string kind)
    {
        var account = Guid.Parse(await identity.KeyOfAsync(owner.Person.IdNumber));
        await using var scope = identity.Services.CreateAsyncScope();
        return (await CurrentEvidence.OfAsync(scope.ServiceProvider.GetRequiredService<IdentityContext>(), account, TestContext.Current.CancellationToken)).Count(e => e.Kind == kind);
    }

    /// <summary>Oldest first.</summary>
    private async Task<List<Evidence>> MatchesAsync(Applicant owner)
    {
        var account = Guid.Parse(await identity.KeyOfAsync(owner.Person.IdNumber));
        await using var scope = identity.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IdentityContext>().Evidence.AsNoTracking()
            .Where(e => e.SubjectId == account && e.Kind == EvidenceKinds.PopulationMatch && e.State == EvidenceState.Active).OrderBy(e => e.Place).ToListAsync(TestContext.Current.CancellationToken);
    }
}

[Collection(OnSqlite.Name)]
public sealed class RecoveryProofOnSqlite(SqliteIdentity identity) : RecoveryProofSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class RecoveryProofOnPostgres(PostgresIdentity identity) : RecoveryProofSuite(identity);
