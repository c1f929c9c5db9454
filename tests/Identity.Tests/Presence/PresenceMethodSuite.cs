using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;
using Yinxin.Identity.Tests.Sources;
using Yinxin.Identity.Tests.StepUp;

namespace Yinxin.Identity.Tests.Presence;

/// <summary>Presence by voice and by video beside the face, where an installation offers all three: what each takes, what tokens say of it, and what an API may ask.</summary>
public abstract class PresenceMethodSuite(IdentityFixture identity)
{
    [Theory]
    [InlineData("voice", "vbm", "face")]
    [InlineData("video", "vid", "vbm")]
    public async Task Digits_read_aloud_prove_presence_and_the_token_says_how(string method, string shown, string notShown)
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var ceremony = new Ceremony(identity, person, party);
        var transaction = "transfer:m-" + method;
        var page = await ceremony.PageAsync(Ceremony.Detail(transaction, Ceremony.Digest));
        var text = await person.ReadAsync(page);
        foreach (var offered in (string[])["face", "voice", "video"])
        {
            Assert.Contains($"id=\"method-{offered}\"", text, StringComparison.Ordinal);
        }

        var tokens = await party.RedeemAsync(await ceremony.CodeAsync(await ceremony.ShowAsync(page, method: method)));
        Assert.Equal(HttpStatusCode.OK, tokens.Status);
        Assert.Equal(Ceremony.Advanced, tokens.Acr());
        Assert.Contains(shown, tokens.Amr());
        Assert.DoesNotContain(notShown, tokens.Amr());
        Assert.Equal(method, Answer.Claims(tokens.AccessToken).GetProperty("authorization_details")[0].GetProperty("method").GetString());
        Assert.Equal(1, await identity.RowsAsync(
            $"\"Evidence\" WHERE \"Kind\" = 'transaction-proof' AND \"Result\" = 'Agreed' AND \"Source\" = 'real-person' AND \"Method\" = '{method}-and-8-digits' AND \"SubjectId\" {Ceremony.Is(person)}"));
        var spent = await identity.SpendAsync(Spending.Of(tokens, transaction, Ceremony.Digest));
        Assert.Equal(HttpStatusCode.OK, spent.Status);
        Assert.Equal(method, spent["method"]);
    }

    [Theory]
    [InlineData("voice", "靠近话筒")]
    [InlineData("video", "正对镜头")]
    public async Task Another_person_a_recording_other_digits_and_too_little_likeness_are_refused(string method, string help)
    {
        foreach (var seen in (string[])["other-person", "still-photo", "other-actions", "unlike"])
        {
            using var person = await Applicant.RegisteredAsync(identity);
            var ceremony = new Ceremony(identity, person, new RelyingParty(identity));
            var back = await ceremony.ShowAsync(await ceremony.PageAsync(Ceremony.Detail("transfer:m2")), seen, method);
            var refused = await person.Browser.GetAsync(back);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains(help, await Applicant.TextAsync(refused), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await person.Browser.GetAsync(back)).StatusCode);
            Assert.Equal(0, await identity.RowsAsync($"\"PresenceProofs\" WHERE \"AccountId\" {Ceremony.Is(person)}"));
            Assert.Equal(1, await identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" = 'transaction-proof' AND \"Result\" = 'Disagreed' AND \"SubjectId\" {Ceremony.Is(person)}"));
        }
    }

    [Fact]
    public async Task Another_way_gives_no_further_tries()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var ceremony = new Ceremony(identity, person, new RelyingParty(identity));
        var page = await ceremony.PageAsync(Ceremony.Detail("transfer:m3"));
        var store = await ceremony.ShowAsync(page, method: "voice");
        foreach (var method in (string[])["voice", "video", "face"])
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await person.Browser.GetAsync(await ceremony.ShowAsync(page, "other-person", method))).StatusCode);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, (await person.Browser.GetAsync(store)).StatusCode);
        foreach (var method in (string[])["voice", "video", "face"])
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, (await Company.SendAsync(person, page, ("Consent", "true"), ("Method", method))).StatusCode);
        }
    }

    [Fact]
    public async Task The_way_is_chosen_and_agreed_to_and_made_up_ones_are_refused()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var ceremony = new Ceremony(identity, person, new RelyingParty(identity));
        var page = await ceremony.PageAsync(Ceremony.Detail("transfer:m4"));
        foreach (var fields in (IEnumerable<(string, string)[]>)[[("Consent", "true")], [("Consent", "true"), ("Method", "iris")], [("Consent", "true"), ("Method", "Voice")]])
        {
            var refused = await person.FillAsync(page, fields);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains("请选择一种核验方式", await Applicant.TextAsync(refused), StringComparison.Ordinal);
        }

        // What was chosen stays chosen where the consent is missing, and the processing of the voice is told before it.
        var without = await Applicant.TextAsync(await person.FillAsync(page, ("Method", "voice")));
        Assert.Matches(new Regex("id=\"method-voice\"[^>]*checked", RegexOptions.None, TimeSpan.FromSeconds(1)), without);
        Assert.Contains("人脸和声音信息属于敏感个人信息", without, StringComparison.Ordinal);
        Assert.Contains("read eight random digits aloud", await person.ReadAsync(page + "&lang=en"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_has_no_voiceprint_on_file_has_not_failed_and_takes_another_way()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var ceremony = new Ceremony(identity, person, new RelyingParty(identity));
        var page = await ceremony.PageAsync(Ceremony.Detail("transfer:m5"));
        (await identity.Sandbox.Http.DeleteAsync(new Uri($"/real-person/v1/voiceprints?idNumber={person.Person.IdNumber}", UriKind.Relative))).EnsureSuccessStatusCode();
        for (var i = 0; i < 3; i++)
        {
            var refused = await person.FillAsync(page, ("Consent", "true"), ("Method", "voice"));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains("没有您登记的声纹", await Applicant.TextAsync(refused), StringComparison.Ordinal);
        }

        Assert.Equal(0, await identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" = 'transaction-proof' AND \"SubjectId\" {Ceremony.Is(person)}"));
        Assert.Equal(HttpStatusCode.Found, (await person.Browser.GetAsync(await ceremony.ShowAsync(page, method: "video"))).StatusCode);
    }

    [Fact]
    public async Task An_application_may_take_some_ways_only_and_its_api_refuses_the_others()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var ceremony = new Ceremony(identity, person, party);
        await using var api = await SampleApi.StartAsync(identity);

        var some = await ceremony.PageAsync(Ceremony.Detail("transfer:61", methods: ["video", "face"]));
        Assert.DoesNotContain("method-voice", await person.ReadAsync(some), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await person.FillAsync(some, ("Consent", "true"), ("Method", "voice"))).StatusCode);

        // One alone needs no choice, and cannot be left for another.
        var one = await ceremony.PageAsync(Ceremony.Detail("transfer:62", methods: "voice"));
        Assert.DoesNotContain("name=\"Method\"", await person.ReadAsync(one), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await person.FillAsync(one, ("Consent", "true"), ("Method", "face"))).StatusCode);

        // A client that forgets to name them gets a proof that the API does not take; it says what it takes, and nothing is spent.
        var byVoice = await party.RedeemAsync(await ceremony.CodeAsync(await ceremony.ShowAsync(one)));
        var refused = await api.PostAsync("/faces/62", byVoice.AccessToken);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.Status);
        Assert.Equal("method", refused["reason"]);
        Assert.Equal(["face", "video"], refused.Body.GetProperty("authorization_details")[0].GetProperty("methods").EnumerateArray().Select(m => m.GetString()));
        Assert.Equal(HttpStatusCode.OK, (await api.PostAsync("/transfers/62", byVoice.AccessToken)).Status);
        var byVideo = await party.RedeemAsync(await ceremony.CodeAsync(await ceremony.ShowAsync(some, method: "video")));
        Assert.Equal(HttpStatusCode.OK, (await api.PostAsync("/faces/61", byVideo.AccessToken)).Status);
    }

    [Fact]
    public async Task What_the_service_says_wrongly_or_takes_back_proves_nothing()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var ceremony = new Ceremony(identity, person, party);
        var page = await ceremony.PageAsync(Ceremony.Detail("transfer:m7"));
        try
        {
            await identity.Sandbox.FailAsync("/real-person/v1/spoken-sessions", "status=500", 100);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await person.FillAsync(page, ("Consent", "true"), ("Method", "voice"))).StatusCode);
            await identity.Sandbox.RecoverAsync();
            foreach (var fault in (string[])["forged", "replayed", "other-question", "contradicting", "malformed"])
            {
                var back = await ceremony.ShowAsync(page, method: "voice");
                await identity.Sandbox.FailAsync("/real-person/v1/spoken-results", fault, 100);
                Assert.Equal(HttpStatusCode.ServiceUnavailable, (await person.Browser.GetAsync(back)).StatusCode);
                await identity.Sandbox.RecoverAsync();
            }
        }
        finally
        {
            await identity.Sandbox.RecoverAsync();
        }

        Assert.Equal(0, await identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" = 'transaction-proof' AND \"SubjectId\" {Ceremony.Is(person)}"));
        var tokens = await party.RedeemAsync(await ceremony.CodeAsync(await ceremony.ShowAsync(page, method: "voice")));
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "real-person", await AuthorityEvents.ReceiptAsync(identity, person.Person.IdNumber, "transaction-proof")));
        Assert.NotEqual(HttpStatusCode.OK, (await identity.SpendAsync(Spending.Of(tokens, "transfer:m7", digest: null))).Status);
    }
}

/// <summary>An installation that offers all ways.</summary>
public sealed class AllMethodsIdentity : SqliteIdentity
{
    protected override void Configure(WebApplicationBuilder builder) => AllMethods.Configure(builder);
}

/// <summary>The same on PostgreSQL.</summary>
public sealed class AllMethodsPostgres : PostgresIdentity
{
    protected override void Configure(WebApplicationBuilder builder) => AllMethods.Configure(builder);
}

internal static class AllMethods
{
    public static void Configure(WebApplicationBuilder builder)
    {
        string[] methods = ["face", "voice", "video"];
        for (var i = 0; i < methods.Length; i++)
        {
            builder.Configuration[$"Presence:Methods:{i}"] = methods[i];
        }
    }
}

public sealed class PresenceMethodsOnSqlite(AllMethodsIdentity identity) : PresenceMethodSuite(identity), IClassFixture<AllMethodsIdentity>;

public sealed class PresenceMethodsOnPostgres(AllMethodsPostgres identity) : PresenceMethodSuite(identity), IClassFixture<AllMethodsPostgres>;
