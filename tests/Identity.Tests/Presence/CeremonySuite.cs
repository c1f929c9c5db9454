using System.Net;
using System.Web;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;
using Yinxin.Identity.Tests.Sources;

namespace Yinxin.Identity.Tests.Presence;

/// <summary>The ceremony before the camera: whose face and which session it takes, how many tries there are, and what a fault of the provider leaves.</summary>
public abstract class CeremonySuite(IdentityFixture identity)
{
    [Fact]
    public async Task Another_face_a_picture_and_an_old_film_are_refused_and_after_three_the_window_remains()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var ceremony = new Ceremony(identity, person, new RelyingParty(identity));
        var page = await ceremony.PageAsync(Ceremony.Detail("transfer:9"));
        foreach (var seen in (string[])["other-person", "still-photo", "other-actions"])
        {
            var refused = await person.Browser.GetAsync(await ceremony.ShowAsync(page, seen));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            var text = await Applicant.TextAsync(refused);
            Assert.Contains("未能确认是您本人在场", text, StringComparison.Ordinal);
            Assert.Contains("href=\"/presence?ReturnUrl=", text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("name=\"Consent\"", await person.ReadAsync(page), StringComparison.Ordinal);
        var over = await Company.SendAsync(person, page, ("Consent", "true"));
        Assert.Equal(HttpStatusCode.TooManyRequests, over.StatusCode);
        Assert.Contains("窗口", await Applicant.TextAsync(over), StringComparison.Ordinal);

        // Asking anew for the same transaction does not help; another transaction is another matter.
        Assert.Equal(HttpStatusCode.TooManyRequests, (await Company.SendAsync(person, await ceremony.PageAsync(Ceremony.Detail("transfer:9")), ("Consent", "true"))).StatusCode);
        await ceremony.ConfirmAsync(Ceremony.Detail("transfer:10"));
        Assert.Equal(1, await identity.RowsAsync($"\"PresenceProofs\" WHERE \"Transaction\" IN ('transfer:9', 'transfer:10') AND \"AccountId\" {Ceremony.Is(person)}"));
        Assert.Equal(3, await identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" = 'transaction-proof' AND \"Result\" = 'Disagreed' AND \"SubjectId\" {Ceremony.Is(person)}"));
    }

    [Fact]
    public async Task Ceremonies_begun_in_store_are_no_further_tries()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var ceremony = new Ceremony(identity, person, new RelyingParty(identity));
        var page = await ceremony.PageAsync(Ceremony.Detail("transfer:9b"));
        List<string> store = [];
        foreach (var seen in (string[])["other-person", "other-person", "other-person", "right", "right"])
        {
            store.Add(await ceremony.ShowAsync(page, seen));
        }

        foreach (var back in store[..3])
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await person.Browser.GetAsync(back)).StatusCode);
        }

        foreach (var back in store[3..])
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, (await person.Browser.GetAsync(back)).StatusCode);
        }

        Assert.Equal(0, await identity.RowsAsync($"\"PresenceProofs\" WHERE \"AccountId\" {Ceremony.Is(person)}"));
    }

    [Fact]
    public async Task Three_failures_in_a_row_are_counted_and_a_proof_begins_anew()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var ceremony = new Ceremony(identity, person, new RelyingParty(identity));
        foreach (var seen in (string[])["other-person", "other-person", "right", "other-person", "other-person", "right"])
        {
            var back = await ceremony.ShowAsync(await ceremony.PageAsync(Ceremony.Detail("transfer:9d")), seen);
            Assert.Equal(seen == "right" ? HttpStatusCode.Found : HttpStatusCode.UnprocessableEntity, (await person.Browser.GetAsync(back)).StatusCode);
        }
    }

    [Fact]
    public async Task Of_many_results_in_one_moment_three_count()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var ceremony = new Ceremony(identity, person, new RelyingParty(identity));
        var page = await ceremony.PageAsync(Ceremony.Detail("transfer:9c"));
        List<string> store = [];
        for (var i = 0; i < 6; i++)
        {
            store.Add(await ceremony.ShowAsync(page, "other-person"));
        }

        var answers = await Task.WhenAll(store.Select(back => person.Browser.GetAsync(back)));
        Assert.Equal(3, answers.Count(a => a.StatusCode == HttpStatusCode.UnprocessableEntity));
        Assert.Equal(3, answers.Count(a => a.StatusCode == HttpStatusCode.TooManyRequests));
        Assert.Equal(3, await identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" = 'transaction-proof' AND \"Result\" = 'Disagreed' AND \"SubjectId\" {Ceremony.Is(person)}"));
    }

    [Fact]
    public async Task A_ceremony_counts_once_in_its_session_for_its_transaction_and_in_time()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        using var other = await Applicant.RegisteredAsync(identity);
        using var elsewhere = new Applicant(identity, person.Person);
        await elsewhere.Browser.SignInAsync(person.Person.IdNumber, Applicant.Password);
        var party = new RelyingParty(identity);
        var ceremony = new Ceremony(identity, person, party);

        // Another person's browser, and the same person's other session.
        var back = await ceremony.ShowAsync(await ceremony.PageAsync(Ceremony.Detail("transfer:11")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await other.Browser.GetAsync(back)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await elsewhere.Browser.GetAsync(back)).StatusCode);

        // Shown for one transaction, it says nothing of another.
        var second = await ceremony.PageAsync(Ceremony.Detail("transfer:12"));
        var onwards = (await person.Browser.GetAsync(back)).Headers.Location!.OriginalString;
        var secondRequest = HttpUtility.ParseQueryString(second[second.IndexOf('?', StringComparison.Ordinal)..])["ReturnUrl"]!;
        Assert.StartsWith("/presence?", (await person.Browser.GetAsync(secondRequest)).Headers.Location!.OriginalString, StringComparison.Ordinal);

        // In another session the proven request is not proven either.
        Assert.StartsWith("/presence?", (await elsewhere.Browser.GetAsync(onwards)).Headers.Location!.OriginalString, StringComparison.Ordinal);
        var code = RelyingParty.Code((await person.Browser.GetAsync(onwards)).Headers.Location!);
        Assert.Equal(HttpStatusCode.OK, (await party.RedeemAsync(code)).Status);

        // Replayed, stale, made up.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await person.Browser.GetAsync(back)).StatusCode);
        var stale = await ceremony.ShowAsync(second);
        identity.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Contains("重试", await Applicant.TextAsync(await person.Browser.GetAsync(stale)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await person.Browser.GetAsync("/presence/return?state=" + Guid.NewGuid().ToString("N"))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await person.Browser.GetAsync("/presence/return")).StatusCode);
    }

    [Fact]
    public async Task What_a_register_reported_since_the_ceremony_was_begun_proves_nothing_and_is_no_try()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var ceremony = new Ceremony(identity, person, new RelyingParty(identity));
        var page = await ceremony.PageAsync(Ceremony.Detail("transfer:27"));
        var back = await ceremony.ShowAsync(page);

        // Reported as it stands: the sandbox's own register has no other name.
        Assert.Equal("unchanged", await AuthorityEvents.HappenAsync(
            identity, "population", id => new { id, number = 1, kind = "name-changed", idNumber = person.Person.IdNumber, name = person.Person.Name }));
        Assert.Equal(HttpStatusCode.Conflict, (await person.Browser.GetAsync(back)).StatusCode);
        Assert.Equal(0, await identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" = 'transaction-proof' AND \"SubjectId\" {Ceremony.Is(person)}"));
        Assert.Equal(HttpStatusCode.Found, (await person.Browser.GetAsync(await ceremony.ShowAsync(page))).StatusCode);
    }

    [Fact]
    public async Task When_the_provider_does_not_answer_nothing_is_proven_and_it_can_be_tried_again()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var ceremony = new Ceremony(identity, person, party);
        var page = await ceremony.PageAsync(Ceremony.Detail("transfer:13"));
        try
        {
            await identity.Sandbox.FailAsync("/real-person/v1/sessions", "status=500", 100);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await person.FillAsync(page, ("Consent", "true"))).StatusCode);
            await identity.Sandbox.RecoverAsync();
            foreach (var fault in (string[])["forged", "replayed", "other-question", "contradicting"])
            {
                var back = await ceremony.ShowAsync(page);
                await identity.Sandbox.FailAsync("/real-person/v1/results", fault, 100);
                Assert.Equal(HttpStatusCode.ServiceUnavailable, (await person.Browser.GetAsync(back)).StatusCode);
                await identity.Sandbox.RecoverAsync();
            }
        }
        finally
        {
            await identity.Sandbox.RecoverAsync();
        }

        Assert.Equal(HttpStatusCode.OK, (await party.RedeemAsync(await ceremony.CodeAsync(await ceremony.ShowAsync(page)))).Status);
    }

    [Fact]
    public async Task The_page_that_takes_pictures_is_not_there_where_the_authority_compares_them()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        Assert.Equal(HttpStatusCode.NotFound, (await person.Browser.GetAsync($"/face-check/{Guid.NewGuid():N}")).StatusCode);
    }
}

[Collection(OnSqlite.Name)]
public sealed class CeremoniesOnSqlite(SqliteIdentity identity) : CeremonySuite(identity);

[Collection(OnPostgres.Name)]
public sealed class CeremoniesOnPostgres(PostgresIdentity identity) : CeremonySuite(identity);
