using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.FailureAudit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Tests.SignIn;

/// <summary>Failed sign-ins in the audit: folded, so that what is written follows the accounts concerned and the time, never the number of tries.</summary>
public abstract class FailureAuditSuite(IdentityFixture identity)
{
    [Fact]
    public async Task Failures_of_an_official_blocks_and_the_total_stand_in_the_audit_once_however_many_nodes_write()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var mistaken = await Applicant.RegisteredAsync(identity);
        var (official, blocked, one) = (await KeyAsync("clerk"), await KeyAsync(owner), await KeyAsync(mistaken));
        await CloseSpanAsync();
        var before = await NewestAsync();
        using var browser = identity.NewBrowser();
        for (var i = 0; i < 2; i++)
        {
            await browser.SignInAsync("clerk", "wrong-" + i);
        }

        for (var i = 0; i < 9; i++)
        {
            await browser.SignInAsync(owner.Person.IdNumber, "wrong-" + i);
            await browser.SignInAsync("nobody-at-all", "wrong-" + i);
        }

        await browser.SignInAsync(mistaken.Person.IdNumber, "mistyped");
        await CloseSpanAsync();
        await Task.WhenAll(FoldAsync(), FoldAsync(), FoldAsync());

        // Spans follow the clock: what was tried around the end of one may stand in two.
        var official2 = await OfAsync(before, official);
        Assert.All(official2, r => Assert.Equal("signIn.failures", r.Action));
        Assert.Equal(2, official2.Sum(Count));
        Assert.True(JsonDocument.Parse(official2[0].Details!).RootElement.GetProperty("official").GetBoolean());
        var ofBlocked = await OfAsync(before, blocked);
        Assert.Single(ofBlocked, r => r.Action == "signIn.blocked");
        Assert.InRange(ofBlocked.Count, 1, 2);
        Assert.Empty(await OfAsync(before, one));
        var all = await OfAsync(before, subject: null);
        Assert.InRange(all.Count, 1, 2);
        Assert.Equal(6, all.Sum(r => JsonDocument.Parse(r.Details!).RootElement.GetProperty("withoutAccount").GetInt32()));
        Assert.Equal(2 + 6 + 6 + 1, all.Sum(Count));
        var latest = await NewestAsync();
        await FoldAsync();
        Assert.Equal(0, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Sequence\" > {latest} AND \"Action\" LIKE 'signIn.%'"));
    }

    [Fact]
    public async Task A_change_of_the_spans_length_counts_no_failure_twice_and_leaves_none_out()
    {
        await CloseSpanAsync();
        var begun = (await SpansAsync())[^1].Start;
        await using (var longer = await identity.StartSecondAsync(4, ("FailureAudit:Minutes", "20")))
        {
            identity.Time.Advance(TimeSpan.FromMinutes(21));
            await using var scope = longer.Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<FailureFolding>().FoldAsync(CancellationToken.None);
        }

        await CloseSpanAsync();
        await CloseSpanAsync();
        var spans = (await SpansAsync()).FindAll(s => s.Start >= begun);
        Assert.True(spans.Count > 2);
        foreach (var (former, next) in spans.Zip(spans.Skip(1)))
        {
            Assert.Equal(former.Until, next.Start);
        }
    }

    [Fact]
    public async Task Asking_for_a_proof_is_one_record_for_each_form_and_span()
    {
        var before = await NewestAsync();
        using var browser = new Browser(identity.Issuer) { SolvesChallenges = false };
        var name = "tally-" + Guid.NewGuid().ToString("N");
        for (var i = 0; i < 13; i++)
        {
            await browser.SignInAsync(name, "wrong-" + i);
        }

        await CloseSpanAsync();
        List<AuditRecord> records = [];
        await Messages.UntilAsync(async () => (records = (await SinceAsync(before)).FindAll(IsOfSignIn)).Sum(Count) >= 10);
        Assert.InRange(records.Count, 1, 2);
        Assert.All(records, record => Assert.DoesNotContain("tally", record.Details, StringComparison.Ordinal));

        // Other forms of the same server have records of their own.
        static bool IsOfSignIn(AuditRecord record) =>
            record.Action == "challenge.demanded" && JsonDocument.Parse(record.Details!).RootElement.GetProperty("purpose").GetString() == "sign-in";
    }

    private static int Count(AuditRecord record) => JsonDocument.Parse(record.Details!).RootElement.GetProperty("count").GetInt32();

    /// <summary>Moves the clock behind the end of the span of now.</summary>
    private async Task CloseSpanAsync()
    {
        identity.Time.Advance(TimeSpan.FromMinutes(6));
        await FoldAsync();
    }

    private async Task FoldAsync()
    {
        await using var scope = identity.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<FailureFolding>().FoldAsync(CancellationToken.None);
    }

    private async Task<List<AuditRecord>> OfAsync(long after, string? subject) =>
        (await SinceAsync(after)).FindAll(r => r.SubjectId == subject && r.Action.StartsWith("signIn.", StringComparison.Ordinal));

    private async Task<List<AuditRecord>> SinceAsync(long after)
    {
        await using var scope = identity.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IdentityContext>().Set<AuditRecord>().AsNoTracking().Where(r => r.Sequence > after).OrderBy(r => r.Sequence).ToListAsync();
    }

    private async Task<List<FailureFold>> SpansAsync()
    {
        await using var scope = identity.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IdentityContext>().FailureFolds.AsNoTracking().OrderBy(f => f.Start).ToListAsync();
    }

    private async Task<long> NewestAsync() => long.Parse(await identity.ReadAsync("""SELECT MAX("Sequence") FROM "AuditRecords" """), CultureInfo.InvariantCulture);

    private async Task<string> KeyAsync(Applicant owner) => (await identity.KeyOfAsync(owner.Person.IdNumber)).ToLowerInvariant();

    private async Task<string> KeyAsync(string signInName) =>
        (await identity.ReadAsync($"""SELECT "Id" FROM "Accounts" WHERE "NormalizedUserName" = '{signInName.ToUpperInvariant()}'""")).ToLowerInvariant();
}

[Collection(OnSqlite.Name)]
public sealed class FailureAuditOnSqlite(SqliteIdentity identity) : FailureAuditSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class FailureAuditOnPostgres(PostgresIdentity identity) : FailureAuditSuite(identity);
