using System.Buffers.Binary;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Passwords;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.SignIn;

/// <summary>The cost of a password's hash: measured by the first node, the same on all, raised with the machines, and reached by each account at its next sign-in.</summary>
public abstract class PasswordCostSuite(IdentityFixture identity)
{
    private const int Least = 210_000;
    private const int Port = 3;

    /// <summary>Many times what the least takes on a machine of today.</summary>
    private const string Long = "1500";
    private const string Short = "10";

    [Fact]
    public async Task The_first_node_measures_and_a_sign_in_brings_the_hash_up_to_it()
    {
        await ForgetAsync();
        using var owner = await Applicant.RegisteredAsync(identity);
        var before = await identity.RowsAsync("\"AuditRecords\" WHERE \"Action\" = 'password.costSet'");
        await using var node = await StartAsync(Port, Long);
        var cost = Assert.Single(await CostsAsync());
        Assert.InRange(cost.Rounds, Least + 1, PasswordRounds.Most);
        Assert.Equal(0, cost.Rounds % 10_000);
        Assert.InRange(cost.Milliseconds, 1, 1500);
        Assert.Equal(before + 1, await identity.RowsAsync("\"AuditRecords\" WHERE \"Action\" = 'password.costSet'"));

        Assert.Equal(1_000, await RoundsOfAsync(owner));
        await SignInAsync(owner, Port);
        Assert.Equal(cost.Rounds, await RoundsOfAsync(owner));
    }

    [Fact]
    public async Task A_slow_machine_still_makes_hashes_of_what_is_asked_at_the_least()
    {
        await ForgetAsync();
        await using var node = await StartAsync(Port, Short);
        Assert.Equal(Least, Assert.Single(await CostsAsync()).Rounds);
        Assert.Equal(Least, Rounds(node));
    }

    [Fact]
    public async Task Another_node_follows_what_is_agreed_whatever_it_would_have_measured_itself()
    {
        await ForgetAsync();
        await AgreedAsync(260_000, daysAgo: 1);
        using var owner = await Applicant.RegisteredAsync(identity);
        foreach (var wish in (string[])[Short, Long])
        {
            await using var node = await StartAsync(Port, wish);
            Assert.Equal(260_000, Rounds(node));
            await SignInAsync(owner, Port);
            Assert.Equal(260_000, await RoundsOfAsync(owner));
        }

        Assert.Single(await CostsAsync());
    }

    [Fact]
    public async Task After_half_a_year_a_faster_machine_makes_it_dearer_and_a_slower_one_leaves_it()
    {
        await ForgetAsync();
        await AgreedAsync(220_000, daysAgo: 181);
        await using (var slower = await StartAsync(Port, Short))
        {
            Assert.Equal(220_000, Rounds(slower));
            Assert.Single(await CostsAsync());
        }

        await using var faster = await StartAsync(Port, Long);
        Assert.Equal(2, (await CostsAsync()).Count);
        Assert.InRange(Rounds(faster), 275_000, PasswordRounds.Most);
    }

    [Fact]
    public async Task A_node_that_runs_follows_when_another_makes_it_dearer_and_never_back()
    {
        await ForgetAsync();
        await AgreedAsync(220_000, daysAgo: 1);
        using var owner = await Applicant.RegisteredAsync(identity);
        await using var node = await StartAsync(Port, Short);
        await SignInAsync(owner, Port);
        Assert.Equal(220_000, await RoundsOfAsync(owner));

        await AgreedAsync(300_000, daysAgo: 0);
        await node.Services.GetServices<IHostedService>().OfType<PasswordCostFollowing>().Single().LookAsync(TestContext.Current.CancellationToken);
        await SignInAsync(owner, Port);
        Assert.Equal(300_000, await RoundsOfAsync(owner));

        // The fixture's own node has 1,000 rounds: a dearer hash is compared with, and stays.
        using var elsewhere = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await elsewhere.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
        Assert.Equal(300_000, await RoundsOfAsync(owner));
    }

    [Fact]
    public async Task Of_two_first_nodes_one_measure_stands_and_both_follow_it()
    {
        await ForgetAsync();
        var nodes = await Task.WhenAll(StartAsync(Port, Short), StartAsync(Port + 1, Long));
        await using var one = nodes[0];
        await using var two = nodes[1];
        Assert.Equal(Assert.Single(await CostsAsync()).Rounds, Rounds(one));
        Assert.Equal(Rounds(one), Rounds(two));
    }

    private static int Rounds(WebApplication node) => node.Services.GetRequiredService<PasswordRounds>().Current;

    private Task<WebApplication> StartAsync(int port, string milliseconds) =>
        identity.StartSecondAsync(port, ("SignIn:PasswordIterations", null), ("SignIn:PasswordMilliseconds", milliseconds));

    private async Task SignInAsync(Applicant owner, int port)
    {
        using var browser = new Browser($"http://localhost:{identity.BasePort + port}");
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
    }

    /// <summary>Byte 5 and the three after it: rounds of ASP.NET Core Identity's third format.</summary>
    private async Task<int> RoundsOfAsync(Applicant owner)
    {
        var hash = await identity.ReadAsync($"""SELECT a."PasswordHash" FROM "Accounts" a WHERE a."Id" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}'""");
        return BinaryPrimitives.ReadInt32BigEndian(Convert.FromBase64String(hash).AsSpan(5, 4));
    }

    private Task ForgetAsync() => identity.ExecuteAsync("DELETE FROM \"PasswordCosts\"");

    private async Task AgreedAsync(int rounds, int daysAgo)
    {
        await using var scope = identity.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        database.PasswordCosts.Add(new PasswordCost { Rounds = rounds, Milliseconds = 100, MeasuredAt = identity.Time.GetUtcNow().AddDays(-daysAgo) });
        await database.SaveChangesAsync();
    }

    private async Task<List<PasswordCost>> CostsAsync()
    {
        await using var scope = identity.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IdentityContext>().PasswordCosts.AsNoTracking().OrderBy(c => c.Rounds).ToListAsync();
    }
}

[Collection(OnSqlite.Name)]
public sealed class PasswordCostOnSqlite(SqliteIdentity identity) : PasswordCostSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class PasswordCostOnPostgres(PostgresIdentity identity) : PasswordCostSuite(identity);
