using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Presence;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>
/// A check that one request begins and another ends, while nodes with other clocks enter what authorities report: what was known at its beginning is told by how much it was, and by nobody's clock.
/// </summary>
public abstract class NodeClockSuite(IdentityFixture identity)
{
    private const string RealPerson = "real-person";
    private const string Presence = "transaction-proof";
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData(RealPerson, "person.realPerson")]
    [InlineData(Presence, "presence.proof")]
    public async Task What_a_node_enters_after_the_beginning_is_news_though_its_clock_is_behind(string kind, string action)
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        identity.Time.Advance(Apart + TimeSpan.FromMinutes(1));
        var back = await ShownAsync(owner, kind);
        Assert.Equal("corrected", await ElsewhereAsync(-Apart, () => ReportAsync(owner, "样更名")));

        await RefusedAsync(owner, back);
        var key = await identity.KeyOfAsync(owner.Person.IdNumber);
        Assert.Equal(0, await RecordsAsync(owner, kind));
        Assert.Equal(0, await identity.RowsAsync($"\"PresenceProofs\" WHERE \"AccountId\" = '{key}'"));
        Assert.Equal(1, await identity.RowsAsync(
            $"\"AuditRecords\" WHERE \"Action\" = '{action}' AND \"Result\" = 'identity.raise.changedMeanwhile' AND \"SubjectId\" = '{key.ToLowerInvariant()}'"));
    }

    [Theory]
    [InlineData(RealPerson)]
    [InlineData(Presence)]
    public async Task What_was_known_at_the_beginning_is_no_news_though_the_clock_of_the_node_that_entered_it_is_ahead(string kind)
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        Assert.Equal("unchanged", await ElsewhereAsync(Apart, () => ReportAsync(owner, owner.Person.Name)));

        var done = await owner.Browser.GetAsync(await ShownAsync(owner, kind));
        Assert.True(done.StatusCode == HttpStatusCode.Found, $"{done.StatusCode}");
        Assert.Equal(1, await RecordsAsync(owner, kind));
    }

    [Theory]
    [InlineData(RealPerson)]
    [InlineData(Presence)]
    public async Task A_check_that_a_former_release_began_is_compared_by_its_time(string kind)
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        Assert.Equal("unchanged", await ReportAsync(owner, owner.Person.Name));
        identity.Time.Advance(TimeSpan.FromMinutes(1));
        var back = await ShownByFormerReleaseAsync(owner, kind);
        Assert.Equal(HttpStatusCode.Found, (await owner.Browser.GetAsync(back)).StatusCode);

        back = await ShownByFormerReleaseAsync(owner, kind);
        identity.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("corrected", await ReportAsync(owner, "样更名"));
        await RefusedAsync(owner, back);
    }

    /// <summary>Goes before the camera, for a higher level or for a transaction.</summary>
    /// <returns>The way back, which nobody has gone yet.</returns>
    private async Task<string> ShownAsync(Applicant owner, string kind)
    {
        if (kind == RealPerson)
        {
            return await ProviderPages.CaptureAsync(identity, owner, "/account/raise/real-person?ReturnUrl=/account", "right");
        }

        var ceremony = new Ceremony(identity, owner, new RelyingParty(identity));
        return await ceremony.ShowAsync(await ceremony.PageAsync(Ceremony.Detail("clocks:" + Guid.NewGuid().ToString("N"))));
    }

    private async Task<string> ShownByFormerReleaseAsync(Applicant owner, string kind)
    {
        var back = await ShownAsync(owner, kind);
        await identity.ExecuteAsync($"UPDATE \"OutsideSteps\" SET \"KnownNews\" = NULL WHERE \"SubjectId\" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}'");
        return back;
    }

    /// <summary>As a node does it whose clock shows another time.</summary>
    private async Task<string> ElsewhereAsync(TimeSpan apart, Func<Task<string>> act)
    {
        identity.Time.Advance(apart);
        try
        {
            return await act();
        }
        finally
        {
            identity.Time.Advance(-apart);
        }
    }

    private Task<string> ReportAsync(Applicant owner, string name) => AuthorityEvents.HappenAsync(
        identity, "population", id => new { id, number = 1, kind = "name-changed", idNumber = owner.Person.IdNumber, name });

    private static async Task RefusedAsync(Applicant owner, string back)
    {
        var refused = await owner.Browser.GetAsync(back);
        Assert.True(refused.StatusCode == HttpStatusCode.Conflict, $"{refused.StatusCode}");
        Assert.Contains("本次核验不作数", await Applicant.TextAsync(refused), StringComparison.Ordinal);
    }

    private async Task<long> RecordsAsync(Applicant owner, string kind) =>
        await identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" = '{kind}' AND \"SubjectId\" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}'");
}

[Collection(OnSqlite.Name)]
public sealed class NodeClocksOnSqlite(SqliteIdentity identity) : NodeClockSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class NodeClocksOnPostgres(PostgresIdentity identity) : NodeClockSuite(identity);
