using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Assurance;
using Yinxin.Identity.Tests.Disputes;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Sources;

namespace Yinxin.Identity.Tests.Console;

/// <summary>An account that more than one reason freezes opens only when none is left, and nobody lifts what he did not mean.</summary>
public abstract class FreezeOrderSuite(IdentityFixture identity)
{
    [Fact]
    public async Task A_courts_order_stands_beside_the_owners_own_freeze_and_outlasts_it()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await owner.FillAsync("/account/freeze");
        Assert.Equal("own-wish", await identity.FrozenAsync(owner.Person));
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var account = await first.FindAsync("IdNumber", owner.Person.IdNumber);
        Assert.Contains("另行冻结", await first.ReadAsync($"/console/accounts/{account}/freeze"), StringComparison.Ordinal);
        var made = await first.FillAsync($"/console/accounts/{account}/freeze", "", ("Reason", "besides:court-order"), ("Explanation", "样例：协助执行通知"));
        Assert.Equal(HttpStatusCode.Found, made.StatusCode);
        Assert.Contains("现已冻结", await second.ReadAsync(made.Headers.Location!.OriginalString), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(made.Headers.Location!.OriginalString, "approve")).StatusCode);
        Assert.Equal("court-order", await identity.FrozenAsync(owner.Person));

        Assert.Equal("court-order own-wish", await identity.StandingAsync(owner.Person));

        // What the counter may lift was the owner's wish.
        var window = await Official.SignInAsync(identity, "window", "identity.counter");
        var lifted = await window.PostAsync("/api/counter-unfreezings", Seen(owner));
        Assert.Equal((HttpStatusCode.OK, "True"), (lifted.Status, lifted["frozen"]));
        Assert.Equal("identity.counter.notFrozen", (await window.PostAsync("/api/counter-unfreezings", Seen(owner)))["code"]);
        Assert.Equal(1, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'account.unfreeze' AND \"SubjectId\" = '{account}' AND \"Result\" = 'identity.counter.notFrozen'"));
        Assert.Equal("court-order", await identity.FrozenAsync(owner.Person));
        var lifting = await first.ProposeLiftingAsync(account);
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(lifting, "approve")).StatusCode);
        Assert.Equal("", await identity.FrozenAsync(owner.Person));
    }

    [Fact]
    public async Task A_proposal_to_unfreeze_does_not_lift_a_death_that_was_reported_since()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var account = await first.FindAsync("IdNumber", owner.Person.IdNumber);
        await second.DecideAsync(await first.ProposeAsync(account), "approve");
        Assert.Equal("stolen", await identity.FrozenAsync(owner.Person));
        var lifting = await first.ProposeLiftingAsync(account);
        await DieAsync(owner);
        Assert.Contains("账号被盗用 · ", await second.ReadAsync(lifting), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(lifting, "approve")).StatusCode);
        Assert.Equal("deceased", await identity.FrozenAsync(owner.Person));
        Assert.Equal("deceased", await identity.StandingAsync(owner.Person));
        Assert.Contains("仍处于冻结", await second.ReadAsync(lifting), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_death_that_was_none_does_not_open_an_account_in_the_middle_of_a_dispute()
    {
        using var quarrel = await Quarrel.NewAsync(identity);
        using var counter = await Officer.SignInAsync(identity, "counter-one");
        await quarrel.OpenAsync(counter);
        Assert.Equal("identity-dispute", await identity.FrozenAsync(quarrel.Person));
        await DieAsync(quarrel.Holder);
        Assert.Equal("deceased", await identity.FrozenAsync(quarrel.Person));
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var account = await first.FindAsync("IdNumber", quarrel.Person.IdNumber);
        var lifting = await first.ProposeLiftingAsync(account);
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(lifting, "approve")).StatusCode);
        Assert.Equal("identity-dispute", await identity.FrozenAsync(quarrel.Person));
    }

    private static object Seen(Applicant owner) => new { owner.Person.IdNumber, owner.Person.Name, hall = "样例市政务服务中心", window = "1", documentChecked = true };

    private Task<string> DieAsync(Applicant owner) => AuthorityEvents.HappenAsync(identity, "population", id => new { id, number = 1, kind = "deceased", idNumber = owner.Person.IdNumber });
}

public sealed class FreezeOrderOnSqlite(SqliteIdentity identity) : FreezeOrderSuite(identity), IClassFixture<SqliteIdentity>;

public sealed class FreezeOrderOnPostgres(PostgresIdentity identity) : FreezeOrderSuite(identity), IClassFixture<PostgresIdentity>;
