using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;
using Yinxin.Identity.Server.Features.BackChannelLogout;
using Yinxin.Identity.Server.Features.Endings;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.BackChannelLogout;

/// <summary>OIDC Back-Channel Logout 1.0: who is told that a session has ended, how, and how often.</summary>
public abstract class LogoutSuite(IdentityFixture identity, LogoutReceiver receiver)
{
    private const string Event = "http://schemas.openid.net/event/backchannel-logout";

    [Fact]
    public async Task Metadata_say_that_clients_are_told_and_of_which_session()
    {
        var metadata = JsonElement.Parse(await identity.Http.GetStringAsync("/.well-known/openid-configuration"));
        Assert.True(metadata.GetProperty("backchannel_logout_supported").GetBoolean());
        Assert.True(metadata.GetProperty("backchannel_logout_session_supported").GetBoolean());
        Assert.Equal(["pairwise", "public"], metadata.GetProperty("subject_types_supported").EnumerateArray().Select(t => t.GetString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Signing_out_tells_every_client_of_the_session_that_wants_to_know_once_and_no_other()
    {
        receiver.Answers = null;
        using var owner = await Applicant.RegisteredAsync(identity);
        var shop = await SignInAsync(owner.Browser, "shop");
        var again = await SignInAsync(owner.Browser, "shop");
        var club = await SignInAsync(owner.Browser, "club");
        await SignInAsync(owner.Browser, "quiet");
        Assert.Equal(Sid(shop), Sid(again));

        await SignOutAsync(owner);
        await AssertToldAsync(shop, "shop");
        await AssertToldAsync(club, "club");
        Assert.Equal(2, await MessagesAsync(owner));
        Assert.Equal(0, await identity.RowsAsync($"\"OutboxMessages\" WHERE \"Kind\" = '{LogoutMessages.KindName}' AND \"Payload\" LIKE '%\"quiet\"%'"));
        await DeliveredAsync(owner);
        Assert.Equal(["club", "shop"], Both(shop, club).Select(r => r.Party).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("remote")]
    [InlineData("password")]
    [InlineData("freeze")]
    [InlineData("application")]
    [InlineData("replay")]
    [InlineData("revocation")]
    public async Task A_client_is_told_however_the_session_or_its_tokens_end(string way)
    {
        receiver.Answers = null;
        using var owner = await Applicant.RegisteredAsync(identity);
        using var elsewhere = identity.NewBrowser();
        await elsewhere.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        var tokens = await SignInAsync(elsewhere, "shop");
        Assert.Equal(0, await MessagesAsync(owner));
        identity.Time.Advance(TimeSpan.FromSeconds(2));

        await EndAsync(way, owner, tokens);
        var token = await AssertToldAsync(tokens, "shop");
        Assert.Equal(1, await MessagesAsync(owner));
        if (way is "application" or "replay" or "revocation")
        {
            // The session goes on; its end is another thing to be told.
            Assert.Equal(HttpStatusCode.OK, (await elsewhere.GetAsync("/account/sessions")).StatusCode);
            await owner.FillAsync("/account/sessions", "/account/sessions?handler=Others");
            Assert.NotEqual(token.Jti, (await receiver.OfAsync(Sid(tokens), 2))[1].Jti);
        }
    }

    [Fact]
    public async Task One_that_fails_or_redirects_is_told_again_by_the_same_identifier_and_nobody_else_is()
    {
        receiver.Answers = (_, before) => before switch
        {
            0 => Results.StatusCode(StatusCodes.Status500InternalServerError),
            1 => Results.Redirect(receiver.Elsewhere, permanent: false, preserveMethod: true),
            _ => Results.NoContent(),
        };
        using var owner = await Applicant.RegisteredAsync(identity);
        var tokens = await SignInAsync(owner.Browser, "shop");
        await SignOutAsync(owner);
        var told = await receiver.OfAsync(Sid(tokens), 3);
        await DeliveredAsync(owner);
        Assert.Equal(3, receiver.Of(Sid(tokens)).Count);
        Assert.Single(told.Select(t => t.Jti).Distinct(StringComparer.Ordinal));
        Assert.All(told, t => Assert.Empty(t.Cookies));
        Assert.Equal(0, receiver.AskedElsewhere);
    }

    [Fact]
    public async Task One_that_refuses_the_token_is_not_told_again_and_one_that_always_fails_is_given_up()
    {
        receiver.Answers = (logout, _) => Results.StatusCode(logout.Party == "shop" ? StatusCodes.Status400BadRequest : StatusCodes.Status503ServiceUnavailable);
        using var owner = await Applicant.RegisteredAsync(identity);
        var shop = await SignInAsync(owner.Browser, "shop");
        var club = await SignInAsync(owner.Browser, "club");
        await SignOutAsync(owner);
        await ToldAsync(Sid(club), "club", 2);
        identity.Time.Advance(TimeSpan.FromMinutes(61));
        await DeliveredAsync(owner);
        Assert.Single(Both(shop, club), r => r.Party == "shop");
        Assert.Single(Both(shop, club).Where(r => r.Party == "club").Select(r => r.Jti).Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Two_nodes_that_read_the_same_endings_write_each_message_once()
    {
        receiver.Answers = null;
        await using var second = await identity.StartSecondAsync(5, ("Addresses:Identity", identity.Issuer));
        using var owner = await Applicant.RegisteredAsync(identity);
        List<Answer> all = [];
        for (var n = 0; n < 5; n++)
        {
            using var browser = identity.NewBrowser();
            await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password);
            all.Add(await SignInAsync(browser, "shop"));
            all.Add(await SignInAsync(browser, "club"));
        }

        // All sessions in one transaction; beside both servers' own readers, several of each begin in the same moment.
        await owner.FillAsync("/account/freeze");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() => ReadAsync(n % 2 == 0 ? identity.Services : second.Services))));
        Assert.Equal(all.Count, await MessagesAsync(owner));
        await DeliveredAsync(owner);
        foreach (var tokens in all)
        {
            Assert.Equal(["club", "shop"], receiver.Of(Sid(tokens)).Select(r => r.Party).Order(StringComparer.Ordinal));
        }
    }

    private static async Task ReadAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        var page = await scope.ServiceProvider.GetRequiredService<EndingsReader>().ReadAsync(null, CancellationToken.None);
        await scope.ServiceProvider.GetRequiredService<LogoutMessages>().WriteAsync(page.Items, CancellationToken.None);
    }

    private async Task EndAsync(string way, Applicant owner, Answer tokens)
    {
        var party = new RelyingParty(identity, "shop");
        switch (way)
        {
            case "remote":
                Assert.Equal(HttpStatusCode.Found, (await owner.FillAsync("/account/sessions", "/account/sessions?handler=Others")).StatusCode);
                break;
            case "password":
                const string fresh = "Quartz-meadow-81-Ibis";
                Assert.Equal(HttpStatusCode.Found, (await owner.FillAsync("/account/password", ("Current", Applicant.Password), ("Password", fresh), ("PasswordAgain", fresh))).StatusCode);
                break;
            case "freeze":
                Assert.Equal(HttpStatusCode.Found, (await owner.FillAsync("/account/freeze")).StatusCode);
                break;
            case "application":
                Assert.Equal(HttpStatusCode.Found, (await owner.FillAsync("/account/applications", ("clientId", "shop"))).StatusCode);
                break;
            case "replay":
                Assert.Equal(HttpStatusCode.OK, (await party.RefreshAsync(tokens.RefreshToken)).Status);
                Assert.Equal("invalid_grant", (await party.RefreshAsync(tokens.RefreshToken))["error"]);
                break;
            default:
                Assert.Equal(HttpStatusCode.OK, (await party.PostAsync("/connect/revoke", ("token", tokens.RefreshToken))).Status);
                break;
        }
    }

    /// <summary>Through a browser that is signed in.</summary>
    private async Task<Answer> SignInAsync(Browser browser, string client)
    {
        var party = new RelyingParty(identity, client);
        var tokens = await party.RedeemAsync(RelyingParty.Code((await browser.GetAsync(party.AuthorizeUrl())).Headers.Location!));
        Assert.Equal(HttpStatusCode.OK, tokens.Status);
        return tokens;
    }

    private static async Task SignOutAsync(Applicant owner) =>
        Assert.Equal(HttpStatusCode.Found, (await owner.FillAsync("/sign-out", ("everywhere", "false"))).StatusCode);

    private static string Sid(Answer tokens) => Answer.Claims(tokens.IdToken).GetProperty("sid").GetString()!;

    /// <summary>What arrived of one session, whether its two clients are of one sector or not.</summary>
    private IEnumerable<ReceivedLogout> Both(Answer one, Answer other) => ((string[])[Sid(one), Sid(other)]).Distinct(StringComparer.Ordinal).SelectMany(receiver.Of);

    private async Task<string> OfOwnerAsync(Applicant owner) =>
        $"\"OutboxMessages\" WHERE \"Kind\" = '{LogoutMessages.KindName}' AND \"Payload\" LIKE '%{Guid.Parse(await identity.KeyOfAsync(owner.Person.IdNumber))}%'";

    private async Task<long> MessagesAsync(Applicant owner) => await identity.RowsAsync(await OfOwnerAsync(owner));

    /// <summary>Waits until nothing is left to be told: done, refused or given up.</summary>
    private async Task DeliveredAsync(Applicant owner)
    {
        var open = await OfOwnerAsync(owner) + " AND \"DeliveredAt\" IS NULL";
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await MessagesAsync(owner) == 0 || await identity.RowsAsync(open) > 0)
        {
            await Task.Delay(50, limit.Token);
        }
    }

    /// <summary>A token of its own kind, that an independent handler takes, and that names what the ID token names.</summary>
    private async Task<ReceivedLogout> AssertToldAsync(Answer tokens, string party)
    {
        var told = (await ToldAsync(Sid(tokens), party, 1))[0];
        Assert.Equal("application/x-www-form-urlencoded", told.ContentType);
        Assert.Empty(told.Cookies);
        var (idHeader, header) = (Answer.Header(tokens.IdToken), Answer.Header(told.Token));
        Assert.Equal(idHeader.GetProperty("alg").GetString(), header.GetProperty("alg").GetString());
        var keys = new JsonWebKeySet(await identity.Http.GetStringAsync("/.well-known/jwks"));
        var verdict = await new JsonWebTokenHandler().ValidateTokenAsync(told.Token, new TokenValidationParameters
        {
            ValidTypes = ["logout+jwt"],
            ValidIssuer = identity.Issuer,
            ValidAudience = party,
            ValidAlgorithms = [idHeader.GetProperty("alg").GetString()!],
            IssuerSigningKeys = keys.GetSigningKeys(),
            LifetimeValidator = (_, expires, _, _) => expires > identity.Time.GetUtcNow().UtcDateTime,
        });
        Assert.True(verdict.IsValid, verdict.Exception?.Message);
        var (id, claims) = (Answer.Claims(tokens.IdToken), Answer.Claims(told.Token));
        foreach (var same in (string[])["iss", "sub", "sid"])
        {
            Assert.Equal(id.GetProperty(same).GetString(), claims.GetProperty(same).GetString());
        }

        Assert.Equal(120, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
        Assert.Equal("{}", claims.GetProperty("events").GetProperty(Event).GetRawText());
        Assert.False(claims.TryGetProperty("nonce", out _));
        return told;
    }

    /// <summary>Waits until one client has heard of a session so often.</summary>
    private async Task<List<ReceivedLogout>> ToldAsync(string sid, string party, int count)
    {
        for (var all = count; ; all++)
        {
            if ((await receiver.OfAsync(sid, all)).FindAll(r => r.Party == party) is var told && told.Count >= count)
            {
                return told;
            }
        }
    }
}

public sealed class LogoutOnSqlite(LogoutSqlite identity) : LogoutSuite(identity, identity.Receiver), IClassFixture<LogoutSqlite>;

public sealed class LogoutOnPostgres(LogoutPostgres identity) : LogoutSuite(identity, identity.Receiver), IClassFixture<LogoutPostgres>;
