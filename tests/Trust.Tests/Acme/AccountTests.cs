using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;
using Yinxin.Testing;
using Yinxin.Trust.Tests.Server;

namespace Yinxin.Trust.Tests.Acme;

/// <summary>Accounts from their making to their end (RFC 8555 §7.3), attacks beside.</summary>
public sealed class AccountTests(SqliteTrust databases) : AcmeTestBase(databases), IClassFixture<SqliteTrust>
{
    [Fact]
    public async Task A_key_has_one_account_which_is_found_again()
    {
        using var again = new AcmeClient(Node.Address) { Key = Client.Key };
        Assert.Equal(HttpStatusCode.OK, (await again.RegisterAsync(new JsonObject { ["onlyReturnExisting"] = true })).StatusCode);
        Assert.Equal(Client.Kid, again.Kid);
        using var unknown = new AcmeClient(Node.Address);
        await RefusedAsync(unknown.RegisterAsync(new JsonObject { ["onlyReturnExisting"] = true }), HttpStatusCode.BadRequest, "accountDoesNotExist");

        using var twice = new AcmeClient(Node.Address);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => twice.PostAsync(twice.Url("new-account"), "{}")));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Created);
        Assert.Single(answers.Select(a => a.Headers.Location!.ToString()).Distinct());
    }

    [Fact]
    public async Task Contacts_are_checked_changed_and_encrypted()
    {
        foreach (var (contact, type) in new[]
        {
            ("tel:+86", "unsupportedContact"), ("https://example.test", "unsupportedContact"), ("mailto:a@example.test,b@example.test", "invalidContact"),
            ("mailto:a@example.test?subject=x", "invalidContact"), ("mailto:", "invalidContact"), ("mailto:nobody", "invalidContact"),
        })
        {
            await RefusedAsync(Client.PostAsync(Client.Kid!, new JsonObject { ["contact"] = new JsonArray(contact) }.ToJsonString()), HttpStatusCode.BadRequest, type);
        }

        var changed = await AcmeClient.BodyAsync(await Client.PostAsync(Client.Kid!, """{"contact":["mailto:keeper@example.test"]}"""), HttpStatusCode.OK);
        Assert.Equal("mailto:keeper@example.test", changed.GetProperty("contact")[0].GetString());
        var read = await AcmeClient.BodyAsync(await Client.PostAsync(Client.Kid!), HttpStatusCode.OK);
        Assert.Equal("mailto:keeper@example.test", read.GetProperty("contact")[0].GetString());
    }

    [Fact]
    public async Task Another_account_is_neither_read_nor_changed()
    {
        using var other = await OtherAsync();
        await RefusedAsync(other.PostAsync(Client.Kid!), HttpStatusCode.Forbidden, "unauthorized");
        await RefusedAsync(other.PostAsync(Client.Kid!, """{"status":"deactivated"}"""), HttpStatusCode.Forbidden, "unauthorized");
        await RefusedAsync(other.PostAsync(Client.Kid! + "/orders"), HttpStatusCode.Forbidden, "unauthorized");
        // Another's kid under one's own key.
        await RefusedAsync(other.PostAsync(Client.Kid!, bend: h => h["kid"] = Client.Kid), HttpStatusCode.BadRequest, "malformed");
    }

    [Fact]
    public async Task A_deactivated_account_does_nothing_any_more()
    {
        var order = await Client.OrderAsync("a.example.test");
        Assert.Equal("deactivated", (await AcmeClient.BodyAsync(await Client.PostAsync(Client.Kid!, """{"status":"deactivated"}"""), HttpStatusCode.OK)).GetProperty("status").GetString());
        await RefusedAsync(Client.PostAsync(Client.Kid!), HttpStatusCode.Unauthorized, "unauthorized");
        await RefusedAsync(Client.PostAsync(order.Url), HttpStatusCode.Unauthorized, "unauthorized");
        await RefusedAsync(Client.PostAsync(Client.Url("new-order"), AcmeClient.Order("a.example.test")), HttpStatusCode.Unauthorized, "unauthorized");
        using var again = new AcmeClient(Node.Address) { Key = Client.Key };
        await RefusedAsync(again.RegisterAsync(), HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task Orders_are_listed_by_pages()
    {
        for (var i = 0; i < 51; i++)
        {
            await Client.OrderAsync("a.example.test");
        }

        using var first = await Client.PostAsync(Client.Kid! + "/orders");
        var next = first.Headers.GetValues("Link").Single(l => l.EndsWith(";rel=\"next\"", StringComparison.Ordinal)).Split('<', '>')[1];
        var orders = (await AcmeClient.BodyAsync(first, HttpStatusCode.OK)).GetProperty("orders").EnumerateArray().Select(o => o.GetString()).ToList();
        using var second = await Client.PostAsync(next);
        Assert.DoesNotContain(second.Headers.GetValues("Link"), l => l.Contains("next", StringComparison.Ordinal));
        orders.AddRange((await AcmeClient.BodyAsync(second, HttpStatusCode.OK)).GetProperty("orders").EnumerateArray().Select(o => o.GetString()));
        Assert.Equal((51, 51), (orders.Count, orders.Distinct().Count()));
        await RefusedAsync(Client.PostAsync(Client.Kid! + "/orders?after=x"), HttpStatusCode.BadRequest, "malformed");
    }

    [Fact]
    public async Task A_key_is_changed_by_both_keys_together()
    {
        using var next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = await OtherAsync();
        var url = Client.Url("key-change");
        await RefusedAsync(ChangeAsync(next, next), HttpStatusCode.BadRequest, "malformed");
        await RefusedAsync(ChangeAsync(next, Client.Key, h => h["nonce"] = "x"), HttpStatusCode.BadRequest, "malformed");
        await RefusedAsync(ChangeAsync(next, Client.Key, h => h["url"] = Client.Kid), HttpStatusCode.BadRequest, "malformed");
        await RefusedAsync(ChangeAsync(next, Client.Key, h => h["jwk"] = AcmeClient.Jwk(Client.Key)), HttpStatusCode.BadRequest, "malformed");
        await RefusedAsync(ChangeAsync(next, Client.Key, account: other.Kid), HttpStatusCode.BadRequest, "malformed");
        await RefusedAsync(ChangeAsync(other.Key, Client.Key), HttpStatusCode.Conflict, "malformed");
        Assert.Equal(HttpStatusCode.OK, (await ChangeAsync(next, Client.Key)).StatusCode);
        await RefusedAsync(Client.PostAsync(Client.Kid!), HttpStatusCode.BadRequest, "malformed");
        using var changed = new AcmeClient(Node.Address) { Key = next, Kid = Client.Kid };
        Assert.Equal(HttpStatusCode.OK, (await changed.PostAsync(Client.Kid!)).StatusCode);

        Task<HttpResponseMessage> ChangeAsync(ECDsa key, ECDsa old, Action<JsonObject>? bend = null, string? account = null)
        {
            var header = new JsonObject { ["alg"] = "ES256", ["jwk"] = AcmeClient.Jwk(key), ["url"] = url };
            bend?.Invoke(header);
            return Client.PostAsync(url, AcmeClient.Sign(key, header, new JsonObject { ["account"] = account ?? Client.Kid, ["oldKey"] = AcmeClient.Jwk(old) }.ToJsonString()).ToJsonString());
        }
    }
}

/// <summary>Accounts that must be bound to somebody known here (RFC 8555 §7.3.4), and terms to agree to.</summary>
public sealed class ExternalAccountTests(SqliteTrust databases)
    : AcmeTestBase(databases, ("Acme:ExternalAccountRequired", "true"), ("Acme:Terms", "https://trust.example/terms")), IClassFixture<SqliteTrust>
{
    [Fact]
    public async Task An_account_is_bound_once_by_a_key_that_was_given_out()
    {
        var meta = (await Node.Public.GetFromJsonAsync<System.Text.Json.JsonElement>("acme/directory")).GetProperty("meta");
        Assert.True(meta.GetProperty("externalAccountRequired").GetBoolean());
        await RefusedAsync(Client.RegisterAsync(), HttpStatusCode.Forbidden, "userActionRequired");
        await RefusedAsync(Client.RegisterAsync(new JsonObject { ["termsOfServiceAgreed"] = true }), HttpStatusCode.Forbidden, "externalAccountRequired");
        var (kid, key) = await KeyAsync();
        await RefusedAsync(BindAsync(kid, RandomNumberGenerator.GetBytes(32)), HttpStatusCode.Forbidden, "unauthorized");
        await RefusedAsync(BindAsync("unknown", key), HttpStatusCode.Forbidden, "unauthorized");
        await RefusedAsync(BindAsync(kid, key, h => h["url"] = Client.Url("new-order")), HttpStatusCode.BadRequest, "malformed");
        await RefusedAsync(BindAsync(kid, key, h => h["nonce"] = "x"), HttpStatusCode.BadRequest, "malformed");
        await RefusedAsync(BindAsync(kid, key, h => h["alg"] = "ES256"), HttpStatusCode.BadRequest, "badSignatureAlgorithm");
        await RefusedAsync(BindAsync(kid, key, h => h["alg"] = "none"), HttpStatusCode.BadRequest, "badSignatureAlgorithm");
        using var thief = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await RefusedAsync(BindAsync(kid, key, over: AcmeClient.Jwk(thief)), HttpStatusCode.BadRequest, "malformed");

        var bound = await AcmeClient.BodyAsync(await BindAsync(kid, key), HttpStatusCode.Created);
        Assert.Equal(System.Text.Json.JsonValueKind.Object, bound.GetProperty("externalAccountBinding").ValueKind);
        using var second = new AcmeClient(Node.Address);
        await RefusedAsync(BindAsync(kid, key, client: second), HttpStatusCode.Forbidden, "unauthorized");
    }

    [Fact]
    public async Task A_key_that_is_taken_back_takes_its_account_with_it_and_an_old_one_binds_nobody()
    {
        var (kid, key) = await KeyAsync();
        var created = await BindAsync(kid, key);
        Client.Kid = created.Headers.Location!.ToString();
        using var keeper = Node.With("trust.acme");
        var listed = await keeper.GetFromJsonAsync<System.Text.Json.JsonElement>("api/acme/external-keys");
        Assert.Contains(listed.GetProperty("keys").EnumerateArray(), k => k.GetProperty("keyId").GetString() == kid && Client.Kid.EndsWith(k.GetProperty("account").GetString()!, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NoContent, (await keeper.DeleteAsync("api/acme/external-keys/" + kid)).StatusCode);
        await RefusedAsync(Client.PostAsync(Client.Kid), HttpStatusCode.Unauthorized, "unauthorized");
        await keeper.DeleteAsync("api/acme/external-keys/nobody").RefusedAsync(HttpStatusCode.NotFound, "trust.acme.externalKey.unknown");

        var (old, oldKey) = await KeyAsync();
        Time.Ahead += TimeSpan.FromDays(31);
        using var late = new AcmeClient(Node.Address);
        await RefusedAsync(BindAsync(old, oldKey, client: late), HttpStatusCode.Forbidden, "unauthorized");
    }

    [Fact]
    public async Task Only_the_right_scope_gives_keys_out()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await Node.Public.PostAsJsonAsync("api/acme/external-keys", new { name = "x" })).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Node.Client.PostAsJsonAsync("api/acme/external-keys", new { name = "x" })).StatusCode);
        using var keeper = Node.With("trust.acme");
        await keeper.PostAsJsonAsync("api/acme/external-keys", new { name = "" }).RefusedAsync(HttpStatusCode.UnprocessableEntity, "trust.acme.externalKey");
        await keeper.PostAsJsonAsync("api/acme/external-keys", new { name = "x", days = 0 }).RefusedAsync(HttpStatusCode.UnprocessableEntity, "trust.acme.externalKey");
    }

    [Fact]
    public async Task Lego_binds_its_account()
    {
        var (kid, key) = await KeyAsync();
        await Proofs.DisposeAsync();
        using var lego = new Lego(Node.Address, Ports) { Options = ["--eab", "--kid", kid, "--hmac", Base64Url.EncodeToString(key)] };
        await lego.RunAsync("http", ["bound.example.test"], "run");
        using var again = new Lego(Node.Address, Ports) { Options = lego.Options };
        Assert.Contains("unauthorized", (await again.TryAsync("http", ["bound.example.test"], "run")).Output, StringComparison.Ordinal);
    }

    private async Task<(string Kid, byte[] Key)> KeyAsync()
    {
        using var keeper = Node.With("trust.acme");
        var answer = await keeper.PostAsJsonAsync("api/acme/external-keys", new { name = "样例节点" }).AnswerAsync(HttpStatusCode.Created);
        return (answer.GetProperty("keyId").GetString()!, Base64Url.DecodeFromChars(answer.GetProperty("hmacKey").GetString()!));
    }

    private Task<HttpResponseMessage> BindAsync(string kid, byte[] key, Action<JsonObject>? bend = null, JsonObject? over = null, AcmeClient? client = null)
    {
        client ??= Client;
        var header = new JsonObject { ["alg"] = "HS256", ["kid"] = kid, ["url"] = client.Url("new-account") };
        bend?.Invoke(header);
        var message = AcmeClient.Sign(client.Key, header, (over ?? AcmeClient.Jwk(client.Key)).ToJsonString());
        message["signature"] = Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes($"{message["protected"]}.{message["payload"]}")));
        return client.PostAsync(client.Url("new-account"), new JsonObject { ["termsOfServiceAgreed"] = true, ["externalAccountBinding"] = message }.ToJsonString());
    }
}
