using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Disputes;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Console;

/// <summary>Every act at a counter tells whether a number has an account: whoever walks through numbers there is stopped, and whoever serves people is not.</summary>
public abstract class CounterLookupSuite(IdentityFixture identity)
{
    private const string Verify = "/console/counter/verify";
    private const string Words = "未作查询";

    private string Address => $"http://localhost:{identity.BasePort + 5}";

    [Fact]
    public async Task Numbers_for_which_nothing_is_done_are_counted_whether_they_have_an_account_or_not()
    {
        using var served = await Applicant.RegisteredAsync(identity);
        using var misnamed = await Applicant.RegisteredAsync(identity);
        using var found = await Applicant.RegisteredAsync(identity);
        using var untouched = await Applicant.RegisteredAsync(identity);
        using var quarrel = Quarrel.Of(identity, untouched);

        // What other tests did at this counter lies more than an hour back.
        identity.Time.Advance(TimeSpan.FromMinutes(61));
        await using var server = await identity.StartSecondAsync(5, ("Counter:LookupsPerHour", "5"));
        using var counter = await SignInAsync();
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await VerifyAsync(counter, served.Person)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await VerifyAsync(counter, await identity.Sandbox.NextPersonAsync())).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await VerifyAsync(counter, await identity.Sandbox.NextPersonAsync())).StatusCode);
        for (var i = 0; i < 3; i++)
        {
            // However often the name is mistyped, it is one person.
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await VerifyAsync(counter, misnamed.Person with { Name = "别样例" })).StatusCode);
            Assert.Contains("id=\"found\"", await Applicant.TextAsync(await SearchAsync(counter, found.Person)), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await VerifyAsync(counter, await identity.Sandbox.NextPersonAsync())).StatusCode);
        foreach (var person in (SyntheticPerson[])[untouched.Person, await identity.Sandbox.NextPersonAsync()])
        {
            foreach (var refused in (HttpResponseMessage[])[await VerifyAsync(counter, person), await SearchAsync(counter, person)])
            {
                var text = await Applicant.TextAsync(refused);
                Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
                Assert.Contains(Words, text, StringComparison.Ordinal);
                Assert.DoesNotContain("尚未注册", text, StringComparison.Ordinal);
                Assert.DoesNotContain("id=\"found\"", text, StringComparison.Ordinal);
            }
        }

        var dispute = await counter.SubmitAsync("/console/disputes/new", await counter.ReadAsync("/console/disputes/new"), quarrel.Form());
        Assert.Equal(HttpStatusCode.TooManyRequests, dispute.StatusCode);
        var office = await counter.SubmitAsync("/console/accounts", await counter.ReadAsync("/console/accounts"), ("By", "IdNumber"), ("Text", untouched.Person.IdNumber));
        Assert.Equal(HttpStatusCode.TooManyRequests, office.StatusCode);
        Assert.Contains(Words, await Applicant.TextAsync(office), StringComparison.Ordinal);
        Assert.Contains("looked up too many ID numbers", await Applicant.TextAsync(await VerifyAsync(counter, served.Person, "?lang=en")), StringComparison.Ordinal);

        // Each refusal is there for whoever watches over the officials.
        const string refusals = "\"AuditRecords\" WHERE \"Action\" = 'counter.tooManyLookups' AND \"Result\" = 'identity.counter.tooManyLookups' AND \"SubjectId\" IS NULL AND \"ActorName\" = '冯样例'";
        Assert.Equal(7, await identity.RowsAsync(refusals));
        using var watcher = await Officer.SignInAsync(identity, "audit-administrator");
        Assert.Contains("冯样例", await watcher.ReadAsync("/console/audit?Action=counter.tooManyLookups"), StringComparison.Ordinal);

        // An hour later it is forgotten.
        identity.Time.Advance(TimeSpan.FromMinutes(61));
        using var later = await SignInAsync();
        Assert.Equal(HttpStatusCode.OK, (await VerifyAsync(later, untouched.Person)).StatusCode);
    }

    private async Task<Browser> SignInAsync()
    {
        var browser = new Browser(Address);
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync("counter-two", returnUrl: "/console/counter")).StatusCode);
        return browser;
    }

    private static async Task<HttpResponseMessage> VerifyAsync(Browser counter, SyntheticPerson person, string query = "") => await counter.SubmitAsync(
        Verify + query, await counter.ReadAsync(Verify), ("IdNumber", person.IdNumber), ("Name", person.Name), ("Window", "3号窗口"), ("DocumentChecked", "true"));

    private static async Task<HttpResponseMessage> SearchAsync(Browser counter, SyntheticPerson person) =>
        await counter.SubmitAsync("/console/counter", await counter.ReadAsync("/console/counter"), ("Text", person.IdNumber));
}

[Collection(OnSqlite.Name)]
public sealed class CounterLookupsOnSqlite(SqliteIdentity identity) : CounterLookupSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class CounterLookupsOnPostgres(PostgresIdentity identity) : CounterLookupSuite(identity);
