using System.Net;
using System.Text.Json;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;
using Yinxin.Identity.Tests.Sources;
using Yinxin.Identity.Tests.StepUp;

namespace Yinxin.Identity.Tests.Presence;

/// <summary>When a proof is over: by its minutes, with the sign-in, by what a register takes back; and what no longer counts for anything gives way to the next.</summary>
public abstract class PresenceEndingSuite(IdentityFixture identity)
{
    [Fact]
    public async Task Neither_a_refresh_nor_the_account_nor_another_request_keeps_it()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var ceremony = new Ceremony(identity, person, party);
        var tokens = await ceremony.ConfirmAsync(Ceremony.Detail("transfer:3"));
        var renewed = await party.RefreshAsync(tokens.RefreshToken);
        var claims = Answer.Claims(renewed.AccessToken);
        Assert.Equal("urn:yinxin:assurance:primary", claims.GetProperty("acr").GetString());
        Assert.False(claims.TryGetProperty("authorization_details", out _));
        Assert.False(claims.TryGetProperty("session_acr", out _));
        Assert.DoesNotContain("face", claims.GetProperty("amr").EnumerateArray().Select(m => m.GetString()));
        Assert.False(renewed.Body.TryGetProperty("authorization_details", out _));
        Assert.Contains("初级", await person.ReadAsync("/account"), StringComparison.Ordinal);

        // The next request, also about the same transaction, asks anew; one without details gets the session's level.
        await ceremony.PageAsync(Ceremony.Detail("transfer:3"));
        var plain = await person.Browser.GetAsync(party.AuthorizeUrl(("scope", Ceremony.Scope)));
        Assert.Equal("urn:yinxin:assurance:primary", Answer.Claims((await party.RedeemAsync(RelyingParty.Code(plain.Headers.Location!))).AccessToken).GetProperty("acr").GetString());
    }

    [Fact]
    public async Task What_the_camera_service_takes_back_confirms_nothing_any_more()
    {
        await using var api = await SampleApi.StartAsync(identity);
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var tokens = await new Ceremony(identity, person, party).ConfirmAsync(Ceremony.Detail("transfer:18"));
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(tokens.AccessToken));
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "real-person", await AuthorityEvents.ReceiptAsync(identity, person.Person.IdNumber, "transaction-proof")));
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.PostAsync("/transfers/18", tokens.AccessToken)).Status);
        Assert.Equal(0, await identity.RowsAsync($"\"PresenceProofs\" WHERE \"SpentAt\" IS NOT NULL AND \"AccountId\" = '{await identity.KeyOfAsync(person.Person.IdNumber)}'"));

        // Nor does any API that asks nobody go on reading «advanced» in the token.
        await api.UntilOutdatedAsync(tokens.AccessToken);
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync((await party.RefreshAsync(tokens.RefreshToken)).AccessToken));
    }

    [Fact]
    public async Task A_face_that_is_held_against_nobody_any_more_makes_no_token_advanced()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var ceremony = new Ceremony(identity, person, party);
        var code = await ceremony.CodeAsync(await ceremony.ShowAsync(await ceremony.PageAsync(Ceremony.Detail("transfer:19"))));
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "population", await AuthorityEvents.ReceiptAsync(identity, person.Person.IdNumber, "population-match")));
        var tokens = await party.RedeemAsync(code);
        Assert.Null(tokens["authorization_details"]);
        foreach (var claims in (JsonElement[])[Answer.Claims(tokens.AccessToken), Answer.Claims(tokens.IdToken)])
        {
            Assert.Equal("urn:yinxin:assurance:none", claims.GetProperty("acr").GetString());
            Assert.False(claims.TryGetProperty("authorization_details", out _));
        }
    }

    [Fact]
    public async Task It_is_over_after_minutes_and_with_the_sign_in()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var ceremony = new Ceremony(identity, person, party);
        var late = await ceremony.ConfirmAsync(Ceremony.Detail("transfer:6"));
        identity.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("presence.expired", (await identity.SpendAsync(Spending.Of(late, "transfer:6", null)))["code"]);

        // Proven, then no code fetched until it was over: asked again.
        var page = await ceremony.PageAsync(Ceremony.Detail("transfer:6b"));
        var onwards = (await person.Browser.GetAsync(await ceremony.ShowAsync(page))).Headers.Location!.OriginalString;
        identity.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.StartsWith("/presence?", (await person.Browser.GetAsync(onwards)).Headers.Location!.OriginalString, StringComparison.Ordinal);

        // A code fetched in time and redeemed in time, with a sign-out in between.
        var ended = await ceremony.ConfirmAsync(Ceremony.Detail("transfer:7"));
        await person.FillAsync("/sign-out", ("everywhere", "true"));
        Assert.Equal("presence.ended", (await identity.SpendAsync(Spending.Of(ended, "transfer:7", null)))["code"]);
    }

    [Fact]
    public async Task A_proof_that_nothing_rests_on_gives_way_to_the_next_one_of_its_request()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        using var elsewhere = new Applicant(identity, person.Person);
        await elsewhere.Browser.SignInAsync(person.Person.IdNumber, Applicant.Password);
        var party = new RelyingParty(identity);
        var ceremony = new Ceremony(identity, person, party);

        // The person read on until it had run out.
        var first = (await person.Browser.GetAsync(await ceremony.ShowAsync(await ceremony.PageAsync(Ceremony.Detail("transfer:24"))))).Headers.Location!.OriginalString;
        identity.Time.Advance(TimeSpan.FromMinutes(6));
        var asked = (await person.Browser.GetAsync(first)).Headers.Location!.OriginalString;
        Assert.StartsWith("/presence?", asked, StringComparison.Ordinal);
        Assert.Equal(Ceremony.Advanced, (await party.RedeemAsync(await ceremony.CodeAsync(await ceremony.ShowAsync(asked)))).Acr());

        // It was shown in another session.
        var second = (await person.Browser.GetAsync(await ceremony.ShowAsync(await ceremony.PageAsync(Ceremony.Detail("transfer:25"))))).Headers.Location!.OriginalString;
        var there = new Ceremony(identity, elsewhere, party);
        asked = (await elsewhere.Browser.GetAsync(second)).Headers.Location!.OriginalString;
        Assert.Equal(Ceremony.Advanced, (await party.RedeemAsync(await there.CodeAsync(await there.ShowAsync(asked)))).Acr());
        Assert.Equal(2, await identity.RowsAsync($"\"PresenceProofs\" WHERE \"Transaction\" IN ('transfer:24', 'transfer:25') AND \"AccountId\" {Ceremony.Is(person)}"));
    }

    [Theory]
    [InlineData("code")]
    [InlineData("tokens")]
    public async Task A_proof_for_which_a_code_was_given_keeps_its_place(string given)
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var ceremony = new Ceremony(identity, person, party);
        var page = await ceremony.PageAsync(Ceremony.Detail("transfer:26"));
        var code = await ceremony.CodeAsync(await ceremony.ShowAsync(page));
        if (given == "tokens")
        {
            await party.RedeemAsync(code);
        }

        var row = $"SELECT \"Id\" FROM \"PresenceProofs\" WHERE \"Transaction\" = 'transfer:26' AND \"AccountId\" {Ceremony.Is(person)}";
        var proof = await identity.ReadAsync(row);
        identity.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await person.Browser.GetAsync(await ceremony.ShowAsync(page))).StatusCode);
        Assert.Equal(proof, await identity.ReadAsync(row));
    }
}

[Collection(OnSqlite.Name)]
public sealed class PresenceEndingOnSqlite(SqliteIdentity identity) : PresenceEndingSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class PresenceEndingOnPostgres(PostgresIdentity identity) : PresenceEndingSuite(identity);
