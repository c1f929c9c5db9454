using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Console;

/// <summary>Whose account officials freeze hears of it from us, and of the end; not where it is for a court or the police to say.</summary>
public abstract class FreezeNoticeSuite(IdentityFixture identity)
{
    [Theory]
    [InlineData("stolen", 2)]
    [InlineData("court-order", 0)]
    [InlineData("fraud", 0)]
    public async Task Its_owner_hears_of_a_freeze_and_of_its_end(string reason, int told)
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var account = await first.FindAsync("IdNumber", owner.Person.IdNumber);
        var freeze = await first.ProposeAsync(account, reason);
        Assert.Equal(0, await ToldAsync(owner));
        await second.DecideAsync(freeze, "approve");
        Assert.Equal(told / 2, await ToldAsync(owner));
        var lift = await first.ProposeAsync(account, "settled");
        await second.DecideAsync(lift, "approve");
        Assert.Equal(told, await ToldAsync(owner));
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
        if (told > 0)
        {
            await identity.WaitForWordsAsync(owner.Person.Phone, "账号已冻结");
            await identity.WaitForWordsAsync(owner.Person.Phone, "已解除冻结");
        }
    }

    [Theory]
    [InlineData("stolen", 2)]
    [InlineData("fraud", 0)]
    public async Task And_of_an_emergency_freeze_that_nobody_confirms(string reason, int told)
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var proposal = await first.ProposeAsync(await first.FindAsync("IdNumber", owner.Person.IdNumber), reason, emergency: true);
        Assert.Equal(told / 2, await ToldAsync(owner));
        await second.DecideAsync(proposal, "refuse");
        Assert.Equal(told, await ToldAsync(owner));
    }

    private async Task<long> ToldAsync(Applicant owner) =>
        await identity.RowsAsync($"\"Notices\" WHERE \"AccountId\" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}' AND \"Kind\" IN ('frozen', 'unfrozen')");
}

[Collection(OnSqlite.Name)]
public sealed class FreezeNoticeOnSqlite(SqliteIdentity identity) : FreezeNoticeSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class FreezeNoticeOnPostgres(PostgresIdentity identity) : FreezeNoticeSuite(identity);
