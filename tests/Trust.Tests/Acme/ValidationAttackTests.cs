using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Xunit;
using Yinxin.Trust.Server.Features.Acme.Problems;
using Yinxin.Trust.Tests.Server;

namespace Yinxin.Trust.Tests.Acme;

/// <summary>Sites and names that want more than to be looked at: redirects inwards, rebinding, endless and slow answers.</summary>
public sealed class ValidationAttackTests(SqliteTrust databases)
    : AcmeTestBase(databases, ("Acme:Looks", "1"), ("Acme:LookTimeout", "00:00:10"), ("Acme:FailuresPerName", "1000"), ("Acme:Networks:0", "127.0.0.1/32"), ("Acme:Networks:1", "192.0.2.0/24")),
    IClassFixture<SqliteTrust>
{
    [Fact]
    public async Task A_wrong_token_a_wrong_key_and_a_missing_file_prove_nothing()
    {
        using var other = await OtherAsync();
        Assert.Equal("incorrectResponse", await FailAsync((_, _) => "something else"));
        Assert.Equal("incorrectResponse", await FailAsync((token, _) => token));
        Assert.Equal("incorrectResponse", await FailAsync((token, _) => $"{token}.{other.Thumbprint}"));
        Assert.Equal("incorrectResponse", await FailAsync((_, proof) => proof.ToUpperInvariant()));
        Assert.Equal("incorrectResponse", await FailAsync((_, proof) => proof + "x"));
        Assert.Equal("incorrectResponse", await FailAsync(text: null));
    }

    [Fact]
    public async Task White_space_behind_the_proof_is_no_harm_and_redirects_are_followed()
    {
        var order = await Client.OrderAsync("a.example.test");
        var (url, token) = await order.ChallengeAsync();
        Proofs.Serve(token, http => Redirect(http, "/elsewhere/moved"));
        Proofs.Serve("moved", http => http.Response.WriteAsync($"{token}.{Client.Thumbprint}\r\n"));
        await Client.PostAsync(url, "{}");
        await order.UntilAsync("ready");
    }

    [Fact]
    public async Task A_redirect_leads_to_no_forbidden_address_port_or_scheme()
    {
        // It would be reached, and counts.
        await using var inner = await ProofServer.StartAsync(Ports.Http, "127.0.0.2");
        Names.Set("inner.example.com", "127.0.0.2");
        foreach (var target in new[]
        {
            "http://127.0.0.2:{port}/x", "http://inner.example.com:{port}/x", "http://[::1]:{port}/x", "http://169.254.169.254/latest/meta-data", "http://0.0.0.0:{port}/x", "http://[::ffff:127.0.0.2]:{port}/x",
            "http://127.0.0.1:22/", "ftp://127.0.0.1/x", "file:///etc/passwd", "http://user:secret@127.0.0.1:{port}/x", "gopher://127.0.0.1/", "http://unknown.example.com:{port}/",
        })
        {
            var to = target.Replace("{port}", FormattableString.Invariant($"{Ports.Http}"), StringComparison.Ordinal);
            var type = await FailAsync(http => Redirect(http, to));
            Assert.True(type is "connection" or "rejectedIdentifier" or "dns", $"{to}: {type}");
        }

        Assert.Equal(0, inner.Requests);
    }

    [Fact]
    public async Task Redirects_are_bounded()
    {
        Proofs.Serve("loop", http => Redirect(http, "/loop"));
        var before = Proofs.Requests;
        Assert.Equal("connection", await FailAsync(http => Redirect(http, "/loop")));
        Assert.Equal(11, Proofs.Requests - before);
    }

    [Fact]
    public async Task A_name_whose_addresses_are_forbidden_is_not_connected_to_even_if_it_changes_its_mind()
    {
        Names.Set("inward.example.test", "127.0.0.2");
        Names.Set("mapped.example.test", "::ffff:127.0.0.2");
        Names.Set("meta.example.test", "169.254.169.254");
        foreach (var name in new[] { "inward.example.test", "mapped.example.test", "meta.example.test" })
        {
            Assert.Equal("rejectedIdentifier", await FailAsync((_, proof) => proof, name));
        }

        // Rebinding: what is asked once is what is connected to.
        var asked = 0;
        Names.Set("rebind.example.test", () => Interlocked.Increment(ref asked) == 1 ? "127.0.0.1" : "127.0.0.2");
        var order = await Client.OrderAsync("rebind.example.test");
        await order.ProveAsync(Proofs);
        Assert.Equal(1, asked);
        Names.Set("nowhere.example.test", () => throw new System.Net.Sockets.SocketException());
        Assert.Equal("dns", await FailAsync((_, proof) => proof, "nowhere.example.test"));
    }

    [Fact]
    public async Task A_huge_an_endless_and_a_trickling_answer_end_in_time()
    {
        Assert.Equal("incorrectResponse", await FailAsync(async http =>
        {
            var block = new byte[64 * 1024];
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.Body.WriteAsync(block, http.RequestAborted);
            }
        }));
        Assert.Equal("connection", await FailAsync(async http =>
        {
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.WriteAsync("x", http.RequestAborted);
                await http.Response.Body.FlushAsync(http.RequestAborted);
                await Task.Delay(200, http.RequestAborted);
            }
        }));
        Assert.Equal("connection", await FailAsync(http =>
        {
            http.Response.Headers["X-Large"] = new string('x', 20_000);
            return http.Response.WriteAsync("x");
        }));
    }

    [Fact]
    public async Task What_a_site_says_is_not_repeated()
    {
        var order = await Client.OrderAsync("a.example.test");
        var (url, token) = await order.ChallengeAsync();
        Proofs.Serve(token, "secret-of-an-inner-server");
        await Client.PostAsync(url, "{}");
        Assert.DoesNotContain("secret-of", (await order.UntilAsync("invalid")).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret-of", (await AcmeClient.BodyAsync(await Client.PostAsync(order.Authorization()), HttpStatusCode.OK)).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_site_that_speaks_no_tls_proves_nothing_by_tls()
    {
        var order = await Client.OrderAsync("a.example.test");
        await Client.PostAsync((await order.ChallengeAsync(type: "tls-alpn-01")).Url, "{}");
        Assert.EndsWith(":connection", (await order.UntilAsync("invalid")).GetProperty("error").GetProperty("type").GetString(), StringComparison.Ordinal);
    }

    private static Task Redirect(HttpContext http, string to)
    {
        http.Response.StatusCode = StatusCodes.Status302Found;
        http.Response.Headers.Location = to;
        return Task.CompletedTask;
    }

    private Task<string> FailAsync(RequestDelegate answer, string name = "a.example.test") => FailAsync((token, _) => Proofs.Serve(token, answer), name);

    private Task<string> FailAsync(Func<string, string, string>? text, string name = "a.example.test") => FailAsync(
        (token, proof) =>
        {
            if (text is not null)
            {
                Proofs.Serve(token, text(token, proof));
            }
        },
        name);

    /// <summary>The type of the error after which the order is invalid.</summary>
    private async Task<string> FailAsync(Action<string, string> serve, string name)
    {
        var order = await Client.OrderAsync(name);
        var (url, token) = await order.ChallengeAsync();
        serve(token, $"{token}.{Client.Thumbprint}");
        using var answered = await Client.PostAsync(url, "{}");
        Assert.Contains($"<{order.Authorization()}>;rel=\"up\"", answered.Headers.GetValues("Link"));
        var invalid = await order.UntilAsync("invalid");
        await RefusedAsync(order.FinalizeAsync(Requests.For(name)), HttpStatusCode.Forbidden, "orderNotReady");
        return invalid.GetProperty("error").GetProperty("type").GetString()!.Split(':')[^1];
    }
}

/// <summary>Looks are repeated while it may still come right, by the clock.</summary>
public sealed class RetryTests(SqliteTrust databases) : AcmeTestBase(databases, ("Acme:Looks", "3"), ("Acme:LookPause", "00:10:00")), IClassFixture<SqliteTrust>
{
    [Fact]
    public async Task A_site_that_comes_up_late_is_looked_at_again_and_the_challenge_says_what_was_met()
    {
        var order = await Client.OrderAsync("a.example.test");
        var (url, token) = await order.ChallengeAsync();
        await Client.PostAsync(url, "{}");
        JsonElement challenge;
        do
        {
            using var read = await Client.PostAsync(url);
            Assert.NotNull(read.Headers.RetryAfter);
            challenge = await AcmeClient.BodyAsync(read, HttpStatusCode.OK);
        }
        while (!challenge.TryGetProperty("error", out _));
        Assert.Equal("processing", challenge.GetProperty("status").GetString());
        Proofs.Serve(token, $"{token}.{Client.Thumbprint}");
        Assert.Equal("pending", (await order.ReadAsync()).GetProperty("status").GetString());
        Time.Ahead += TimeSpan.FromMinutes(11);
        await order.UntilAsync("ready");
        Assert.Equal(2, Proofs.Requests);
    }
}

/// <summary>Limits of accounts and requests.</summary>
public sealed class LimitTests(SqliteTrust databases)
    : AcmeTestBase(databases, ("Acme:AccountsPerAddress", "2"), ("Acme:OrdersPerAccount", "2"), ("Acme:RequestsPerMinute", "30")), IClassFixture<SqliteTrust>
{
    [Fact]
    public async Task Accounts_orders_and_requests_are_limited_and_the_answer_says_how_long()
    {
        using var second = await OtherAsync();
        using var third = new AcmeClient(Node.Address);
        await LimitedAsync(third.RegisterAsync());
        await Task.WhenAll(Client.OrderAsync("a.example.test"), Client.OrderAsync("a.example.test"));
        await LimitedAsync(Client.PostAsync(Client.Url("new-order"), AcmeClient.Order("a.example.test")));
        await second.OrderAsync("a.example.test");
        HttpResponseMessage answer;
        do
        {
            answer = await Node.Public.GetAsync("acme/directory");
        }
        while (answer.StatusCode == HttpStatusCode.OK);
        await LimitedAsync(Task.FromResult(answer));
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2:ffff::", "2001:db8:1:2::/64")]
    public void An_address_of_version_6_counts_by_its_network(string address, string counted) => Assert.Equal(counted, ClientNetwork.Of(IPAddress.Parse(address)));

    private static async Task LimitedAsync(Task<HttpResponseMessage> pending)
    {
        using var response = await pending;
        var problem = await AcmeClient.BodyAsync(response, HttpStatusCode.TooManyRequests);
        Assert.Equal("urn:ietf:params:acme:error:rateLimited", problem.GetProperty("type").GetString());
        Assert.True(response.Headers.RetryAfter!.Delta > TimeSpan.Zero);
    }
}
