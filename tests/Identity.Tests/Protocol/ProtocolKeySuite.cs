using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;
using Yinxin.Identity.Server.Features.Protocol.Keys;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Assurance;
using Yinxin.Identity.Tests.Client;
using Yinxin.Identity.Tests.Console;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;
using Yinxin.ServiceDefaults.Endings;

namespace Yinxin.Identity.Tests.Protocol;

/// <summary>
/// The keys of tokens follow one another without anybody noticing, and one that somebody else may have is taken out of use at once. On servers of its own: the clock is moved by weeks. Attack list 30.
/// </summary>
public abstract class ProtocolKeySuite(IdentityFixture identity)
{
    private static readonly TimeSpan Announced = TimeSpan.FromDays(7);

    [Fact]
    public async Task A_key_is_published_before_it_signs_and_until_what_it_signed_has_run_out()
    {
        var former = await SettledAsync();
        var next = await AnnouncedAsync(former);

        // Published, and used by nobody yet.
        Assert.Equal(2, (await PublishedAsync(type: "RSA")).Count);
        Assert.Equal(former, await ServiceKeyAsync());
        identity.Time.Advance(Announced - TimeSpan.FromMinutes(2));
        var party = new RelyingParty(identity);
        var old = await party.SignInAsync("citizen");
        Assert.Equal([former, former], ((string[])[old.AccessToken, old.IdToken]).Select(KeyOf));

        identity.Time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(next, await ServiceKeyAsync());
        Assert.Equal(HttpStatusCode.OK, (await party.UserInfoAsync(old.AccessToken)).Status);
        var renewed = await party.RefreshAsync(old.RefreshToken);
        Assert.Equal(next, KeyOf(renewed.AccessToken));
        await LookAsync(identity.Services);
        Assert.Equal(Ordered(former, next), await PublishedAsync());
        Assert.Equal(1, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'protocolKey.retired' AND \"SubjectId\" = 'protocol-key/{former}'"));

        // The hint of a session of before is understood as long as that may last: it means somebody else than who is signed in. Then the key is gone.
        identity.Time.Advance(TimeSpan.FromDays(1));
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync("victim")).StatusCode);
        var hinted = await browser.GetAsync(party.AuthorizeUrl(("prompt", "none"), ("id_token_hint", old.IdToken)));
        Assert.Equal("login_required", HttpUtility.ParseQueryString(hinted.Headers.Location!.Query)["error"]);
        identity.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(Ordered(next), await PublishedAsync());
        Assert.Contains(former, await PublishedAsync(path: "/.well-known/record-keys"));
    }

    [Fact]
    public async Task Of_two_nodes_one_makes_the_key_and_the_other_takes_over_what_it_does_not_know()
    {
        var former = await SettledAsync();
        await using var node = await identity.StartSecondAsync(5, ("Addresses:Identity", identity.Issuer));
        var there = $"http://localhost:{identity.BasePort + 5}";
        identity.Time.Advance(TimeSpan.FromDays(4));
        await Task.WhenAll(LookAsync(identity.Services), LookAsync(node.Services));
        Assert.Equal(6, await identity.RowsAsync("\"ProtocolKeys\" WHERE \"RetiredAt\" IS NULL"));
        var announced = Assert.Single((await PublishedAsync()).Except([former]));
        Assert.Equal(await PublishedAsync(), await PublishedAsync(there));

        // Both the one in use and the announced one may be known to others: a third is made, which the other node has never seen.
        var before = (await new RelyingParty(identity).SignInAsync("citizen")).AccessToken;
        Assert.Equal(HttpStatusCode.OK, await UserInfoAsync(there, before));
        using var security = await Officer.SignInAsync(identity, "security");
        foreach (var key in (string[])[announced, former])
        {
            Assert.Equal(HttpStatusCode.Found, (await security.FillAsync(await PageAsync(key), "", ("Reason", "样例：私钥可能外泄"))).StatusCode);
        }

        identity.Time.Advance(TimeSpan.FromSeconds(2));
        var after = (await new RelyingParty(identity).SignInAsync("citizen")).AccessToken;
        Assert.DoesNotContain(KeyOf(after), (string[])[former, announced]);
        Assert.Equal(HttpStatusCode.OK, await UserInfoAsync(there, after));
        Assert.Equal(HttpStatusCode.Unauthorized, await UserInfoAsync(there, before));
        Assert.Equal(await PublishedAsync(), await PublishedAsync(there));
    }

    [Fact]
    public async Task A_client_that_fetched_the_keys_in_time_goes_on()
    {
        var former = await SettledAsync();
        var next = await AnnouncedAsync(former);
        identity.Time.Advance(Announced - TimeSpan.FromMinutes(2));
        var directory = Directory.CreateTempSubdirectory("yinxin-client-").FullName;
        try
        {
            await using var app = await SampleApp.StartAsync(identity, directory);
            using var early = identity.NewBrowser();
            Assert.Equal(former, KeyOf(await TokenAsync(early)));

            identity.Time.Advance(TimeSpan.FromMinutes(6));
            Assert.Equal(next, KeyOf(await TokenAsync(early)));
            using var late = identity.NewBrowser();
            Assert.Equal(next, KeyOf(await TokenAsync(late)));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task A_mandate_that_was_recorded_by_a_former_key_is_honoured()
    {
        var former = await SettledAsync();
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent);
        var next = await AnnouncedAsync(former);
        identity.Time.Advance(Announced + TimeSpan.FromHours(1));
        await LookAsync(identity.Services);
        identity.Time.Advance(TimeSpan.FromDays(3));
        Assert.Equal(Ordered(next), await PublishedAsync());

        Assert.Equal(HttpStatusCode.Found, (await agent.Browser.SignInAsync(agent.Person.IdNumber, Applicant.Password)).StatusCode);
        var tokens = await Company.SignInAsync(agent, $"mandate-{mandate}", new RelyingParty(identity));
        Assert.Equal(next, KeyOf(tokens.AccessToken));
        Assert.Equal(mandate, MandateIn(tokens));
        Company.Expect(await Company.ActAsync(agent, mandate, "Resign"));
        var records = await Records.DownloadAsync(agent, mandate);
        Assert.Equal(["invite", "accept", "resign"], await records.VerifyAsync(identity));
        Assert.Equal([former, former, next], records.Chain.Select(KeyOf));

        // What claims to be younger than the end of its key is none of ours.
        var ring = identity.Services.GetRequiredService<KeyRing>();
        Assert.True(ring.SignedAt(former, identity.Time.GetUtcNow().AddDays(-4)));
        Assert.False(ring.SignedAt(former, identity.Time.GetUtcNow()));
    }

    [Fact]
    public async Task A_key_taken_out_of_use_ends_what_it_signed_at_once_and_another_signs()
    {
        var party = new RelyingParty(identity);
        var tokens = await party.SignInAsync("citizen");
        var key = KeyOf(tokens.AccessToken);
        var official = await Official.SignInAsync(identity, "system", "identity.keys");
        Assert.Equal(HttpStatusCode.OK, (await official.GetAsync("/api/key-rotations")).Status);
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent);

        using var security = await Officer.SignInAsync(identity, "security");
        var page = await PageAsync(key);
        Assert.Contains($"<code>{key}</code>", await security.ReadAsync("/console/keys"), StringComparison.Ordinal);
        Assert.Contains("使用中", await security.ReadAsync(page), StringComparison.Ordinal);
        foreach (var reason in (string[])["外泄", "样例：由 340102199001011232 报告"])
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await security.FillAsync(page, "", ("Reason", reason))).StatusCode);
        }

        Assert.Equal(HttpStatusCode.OK, (await party.UserInfoAsync(tokens.AccessToken)).Status);
        Assert.Equal(HttpStatusCode.Found, (await security.FillAsync(page, "", ("Reason", "样例：私钥可能外泄"))).StatusCode);
        Assert.Contains("已紧急停用", await security.ReadAsync(page), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await security.ForgeAsync(page, ("Reason", "样例：私钥可能外泄"))).StatusCode);
        Assert.Equal(1, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'protocolKey.withdrawn' AND \"SubjectId\" = 'protocol-key/{key}' AND \"ActorName\" <> ''"));

        Assert.DoesNotContain(key, await PublishedAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, (await party.UserInfoAsync(tokens.AccessToken)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await party.RefreshAsync(tokens.RefreshToken)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await official.GetAsync("/api/key-rotations")).Status);

        var anew = await party.SignInAsync("citizen");
        Assert.NotEqual(key, KeyOf(anew.AccessToken));
        Assert.Contains(KeyOf(anew.AccessToken), await PublishedAsync());
        Assert.Equal(HttpStatusCode.OK, (await party.UserInfoAsync(anew.AccessToken)).Status);
        Assert.Equal(HttpStatusCode.OK, (await party.RefreshAsync(anew.RefreshToken)).Status);

        // Records are proofs of what happened before.
        Assert.Equal(mandate, MandateIn(await Company.SignInAsync(agent, $"mandate-{mandate}", new RelyingParty(identity))));
        Assert.Equal(["invite", "accept"], await (await Records.DownloadAsync(agent, mandate)).VerifyAsync(identity));
    }

    [Fact]
    public async Task Apis_and_apps_hear_of_a_key_taken_out_of_use_and_one_that_does_not_gives_it_up_in_five_minutes()
    {
        var directory = Directory.CreateTempSubdirectory("yinxin-client-").FullName;
        try
        {
            await using var api = await SampleApi.StartAsync(identity);
            await using var deaf = await SampleApi.StartAsync(identity, follows: false);
            await using var app = await SampleApp.StartAsync(identity, directory, follows: true);
            using var security = await Officer.SignInAsync(identity, "security");
            using var browser = identity.NewBrowser();
            var held = await TokenAsync(browser);
            var key = KeyOf(held);

            // What a thief makes with it; a token need not name the key that signed it.
            var issuer = Answer.Claims(held).GetProperty("iss").GetString()!;
            var stolen = (ECDsaSecurityKey)identity.Services.GetRequiredService<KeyRing>().Active(KeyAlgorithms.EcdsaSignature);
            Assert.Equal(key, stolen.KeyId);
            var forged = Forged(issuer, stolen);
            var nameless = Forged(issuer, new ECDsaSecurityKey(stolen.ECDsa));
            foreach (var token in (string[])[forged, nameless])
            {
                Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await api.StatusAsync(token), await deaf.StatusAsync(token)));
            }

            Assert.Equal(HttpStatusCode.Found, (await security.FillAsync(await PageAsync(key), "", ("Reason", "样例：私钥可能外泄"))).StatusCode);
            await api.UntilRefusedAsync(forged);
            Assert.Equal(HttpStatusCode.Unauthorized, await api.StatusAsync(nameless));

            // The very first request with the next key is answered.
            var next = (await new RelyingParty(identity).SignInAsync("company", false, ("scope", "openid profile license.read"))).AccessToken;
            Assert.NotEqual(key, KeyOf(next));
            Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(next));

            // A session of the app goes on by a redirect, without a sign-in.
            await UntilHeardAsync(app.Services.GetRequiredService<EndedTokens>(), key);
            Assert.Equal(KeyOf(next), KeyOf(await TokenAsync(browser, signsIn: false)));

            // Whoever does not hear of it goes by the set that it has, beyond what it remembers of single tokens, and not for long.
            identity.Time.Advance(TimeSpan.FromSeconds(90));
            Assert.Equal(HttpStatusCode.OK, await deaf.StatusAsync(forged));
            identity.Time.Advance(TimeSpan.FromMinutes(4));
            Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (await deaf.StatusAsync(forged), await deaf.StatusAsync(nameless)));
            Assert.Equal(HttpStatusCode.Unauthorized, await api.StatusAsync(forged));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task An_api_that_has_not_heard_of_it_takes_the_next_key_at_its_first_request()
    {
        var key = await ServiceKeyAsync();
        await using var deaf = await SampleApi.StartAsync(identity, follows: false);
        var party = new RelyingParty(identity);
        Assert.Equal(HttpStatusCode.OK, await deaf.StatusAsync((await party.SignInAsync("company", false, ("scope", "openid profile license.read"))).AccessToken));
        using var security = await Officer.SignInAsync(identity, "security");
        Assert.Equal(HttpStatusCode.Found, (await security.FillAsync(await PageAsync(key), "", ("Reason", "样例：私钥可能外泄"))).StatusCode);

        identity.Time.Advance(TimeSpan.FromSeconds(2));
        var next = (await party.SignInAsync("company", false, ("scope", "openid profile license.read"))).AccessToken;
        Assert.NotEqual(key, KeyOf(next));
        Assert.Equal(HttpStatusCode.OK, await deaf.StatusAsync(next));
    }

    [Fact]
    public async Task Only_a_security_administrator_takes_a_key_out_of_use_and_with_a_recent_proof()
    {
        var key = await ServiceKeyAsync();
        var page = await PageAsync(key);
        foreach (var name in (string[])["system", "auditor", "audit-administrator"])
        {
            using var other = await Officer.SignInAsync(identity, name);
            Assert.Contains(key, await other.ReadAsync("/console/keys"), StringComparison.Ordinal);
            Assert.DoesNotContain("立即停用", await other.ReadAsync(page), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.Forbidden, (await other.ForgeAsync(page, ("Reason", "样例：私钥可能外泄"))).StatusCode);
        }

        using var counter = await Officer.SignInAsync(identity, "counter-one");
        Assert.Equal(HttpStatusCode.Forbidden, (await counter.GetAsync("/console/keys")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await counter.ForgeAsync(page, ("Reason", "样例：私钥可能外泄"))).StatusCode);

        using var security = await Officer.SignInAsync(identity, "security");
        Assert.DoesNotContain("更换数据密钥", await security.ReadAsync("/console/keys"), StringComparison.Ordinal);
        identity.Time.Advance(TimeSpan.FromMinutes(8));
        Assert.Contains("立即停用", await security.ReadAsync(page), StringComparison.Ordinal);
        identity.Time.Advance(TimeSpan.FromMinutes(8));
        var answer = await security.FillAsync(page, "", ("Reason", "样例：私钥可能外泄"));
        Assert.StartsWith("/account/confirm?ReturnUrl=", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(0, await identity.RowsAsync($"\"ProtocolKeys\" WHERE \"WithdrawnAt\" IS NOT NULL AND \"KeyId\" = '{key}'"));
        Assert.Equal(key, await ServiceKeyAsync());
    }

    /// <summary>What a clock would call.</summary>
    private static Task LookAsync(IServiceProvider services) =>
        services.GetServices<IHostedService>().OfType<KeyRingFollowing>().Single().LookAsync(TestContext.Current.CancellationToken);

    /// <summary>An access token of somebody who has the key: good for an hour, by the server's clock.</summary>
    private string Forged(string issuer, ECDsaSecurityKey stolen) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = issuer,
        Audience = "yinxin-license",
        TokenType = "at+jwt",
        IssuedAt = identity.Time.GetUtcNow().UtcDateTime,
        NotBefore = identity.Time.GetUtcNow().UtcDateTime,
        Expires = identity.Time.GetUtcNow().UtcDateTime.AddHours(1),
        Claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["sub"] = Guid.NewGuid().ToString(), ["scope"] = "license.read", ["client_id"] = "thief" },
        SigningCredentials = new SigningCredentials(stolen, SecurityAlgorithms.EcdsaSha256),
    });

    /// <summary>Waits until the feed has told an app; the limit is for a machine that builds beside the tests.</summary>
    private static async Task UntilHeardAsync(EndedTokens ended, string key)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!ended.IsWithdrawn(key))
        {
            await Task.Delay(50, patience.Token);
        }
    }

    private static string KeyOf(string token) => Answer.Header(token).GetProperty("kid").GetString()!;

    private static List<string> Ordered(params string[] keys) => [.. keys.Order(StringComparer.Ordinal)];

    private static Guid MandateIn(Answer tokens) => Answer.Claims(tokens.AccessToken).GetProperty("act_for").GetProperty("mandate").GetProperty("id").GetGuid();

    /// <summary>Whatever another test left: every key has been followed by one that is four days old, and is gone.</summary>
    /// <returns>The one that signs.</returns>
    private async Task<string> SettledAsync()
    {
        foreach (var days in (int[])[15, 8, 3])
        {
            identity.Time.Advance(TimeSpan.FromDays(days));
            await LookAsync(identity.Services);
        }

        return Assert.Single(await PublishedAsync());
    }

    /// <summary>Waits until the successor of a settled key is announced.</summary>
    private async Task<string> AnnouncedAsync(string former)
    {
        identity.Time.Advance(TimeSpan.FromDays(4));
        await LookAsync(identity.Services);
        var published = await PublishedAsync();
        Assert.Contains(former, published);
        return Assert.Single(published.Except([former]));
    }

    /// <summary>Names of the published keys of one type.</summary>
    private async Task<List<string>> PublishedAsync(string? address = null, string type = "EC", string path = "/.well-known/jwks")
    {
        using var document = JsonDocument.Parse(await identity.Http.GetStringAsync((address ?? identity.Issuer) + path));
        var keys = document.RootElement.GetProperty("keys").EnumerateArray().Where(k => k.GetProperty("kty").GetString() == type);
        return [.. keys.Select(k => k.GetProperty("kid").GetString()!).Order(StringComparer.Ordinal)];
    }

    /// <summary>By which key a service's token is signed now.</summary>
    private async Task<string> ServiceKeyAsync() =>
        KeyOf((await new RelyingParty(identity, "confidential").TokenAsync(("grant_type", "client_credentials"), ("scope", "seal.apply"))).AccessToken);

    private async Task<HttpStatusCode> UserInfoAsync(string address, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address + "/connect/userinfo");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return (await identity.Http.SendAsync(request)).StatusCode;
    }

    /// <summary>Where a key is shown to officials.</summary>
    private async Task<string> PageAsync(string key) => $"/console/keys/{Guid.Parse(await identity.ReadAsync($"SELECT \"Id\" FROM \"ProtocolKeys\" WHERE \"KeyId\" = '{key}'"))}";

    /// <summary>The access token that the app has for a browser's user, who signs in on the way where need be. Without signing in what is shown then is no token.</summary>
    private async Task<string> TokenAsync(Browser browser, bool signsIn = true)
    {
        var response = await browser.GetAsync($"http://localhost:{identity.BasePort}/token");
        for (var step = 0; step < 12 && response.StatusCode is HttpStatusCode.Found or HttpStatusCode.SeeOther; step++)
        {
            var next = new Uri(response.RequestMessage!.RequestUri!, response.Headers.Location!);
            response = await browser.GetAsync(next.ToString());
            if (signsIn && response.StatusCode == HttpStatusCode.OK && next.AbsolutePath == "/sign-in")
            {
                response = await browser.SubmitAsync(next.ToString(), await response.Content.ReadAsStringAsync(), ("Name", "citizen"), ("Password", "password-citizen"));
            }
        }

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }
}

/// <summary>Keys that live for two weeks, so that what the tests need does not grow old meanwhile.</summary>
public sealed class ShortKeysSqlite : SqliteIdentity
{
    protected override Task BeforeStartAsync(Dictionary<string, string?> values)
    {
        values["ProtocolKeys:LifeDays"] = "14";
        return base.BeforeStartAsync(values);
    }
}

/// <summary>The same on PostgreSQL.</summary>
public sealed class ShortKeysPostgres : PostgresIdentity
{
    protected override Task BeforeStartAsync(Dictionary<string, string?> values)
    {
        values["ProtocolKeys:LifeDays"] = "14";
        return base.BeforeStartAsync(values);
    }
}

public sealed class ProtocolKeysOnSqlite(ShortKeysSqlite identity) : ProtocolKeySuite(identity), IClassFixture<ShortKeysSqlite>;

public sealed class ProtocolKeysOnPostgres(ShortKeysPostgres identity) : ProtocolKeySuite(identity), IClassFixture<ShortKeysPostgres>;
