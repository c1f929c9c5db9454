using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;
using Yinxin.Trust.Tests.Server;

namespace Yinxin.Trust.Tests.Acme;

/// <summary>Messages against RFC 8555 §6: each is one step away from a message that is taken.</summary>
public sealed class MessageAttackTests(SqliteTrust databases) : AcmeTestBase(databases), IClassFixture<SqliteTrust>
{
    private string AccountUrl => Client.Kid!;

    [Fact]
    public async Task A_nonce_is_used_once_and_not_after_its_time_and_none_is_made_up()
    {
        var header = await Client.HeaderAsync(AccountUrl);
        var message = AcmeClient.Sign(Client.Key, header, "").ToJsonString();
        Assert.Equal(HttpStatusCode.OK, (await Client.SendAsync(AccountUrl, message)).StatusCode);
        await RefusedAsync(Client.SendAsync(AccountUrl, message), HttpStatusCode.BadRequest, "badNonce");
        await RefusedAsync(Client.PostAsync(AccountUrl, bend: h => h.Remove("nonce")), HttpStatusCode.BadRequest, "badNonce");
        await RefusedAsync(Client.PostAsync(AccountUrl, bend: h => h["nonce"] = Base64Url.EncodeToString(new byte[40])), HttpStatusCode.BadRequest, "badNonce");
        await RefusedAsync(Client.PostAsync(AccountUrl, bend: h => h["nonce"] = h["nonce"]!.GetValue<string>() + "="), HttpStatusCode.BadRequest, "badNonce");

        header = await Client.HeaderAsync(AccountUrl);
        Time.Ahead += TimeSpan.FromMinutes(61);
        await RefusedAsync(Client.SendAsync(AccountUrl, AcmeClient.Sign(Client.Key, header, "").ToJsonString()), HttpStatusCode.BadRequest, "badNonce");
    }

    [Fact]
    public async Task A_message_under_a_wrong_signature_uses_no_nonce_up()
    {
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var header = await Client.HeaderAsync(AccountUrl);
        await RefusedAsync(Client.SendAsync(AccountUrl, AcmeClient.Sign(stranger, header, "").ToJsonString()), HttpStatusCode.BadRequest, "malformed");
        Assert.Equal(HttpStatusCode.OK, (await Client.SendAsync(AccountUrl, AcmeClient.Sign(Client.Key, header, "").ToJsonString())).StatusCode);
    }

    [Fact]
    public async Task The_signed_url_is_the_address_of_the_request()
    {
        await RefusedAsync(Client.PostAsync(AccountUrl, bend: h => h["url"] = Client.Url("new-order")), HttpStatusCode.Forbidden, "unauthorized");
        await RefusedAsync(Client.PostAsync(AccountUrl, bend: h => h["url"] = AccountUrl + "?x"), HttpStatusCode.Forbidden, "unauthorized");
        await RefusedAsync(Client.PostAsync(AccountUrl, bend: h => h["url"] = AccountUrl.Replace("http:", "https:", StringComparison.Ordinal)), HttpStatusCode.Forbidden, "unauthorized");
        await RefusedAsync(Client.PostAsync(AccountUrl, bend: h => h.Remove("url")), HttpStatusCode.BadRequest, "malformed");
    }

    [Fact]
    public async Task Either_jwk_or_kid_names_the_key()
    {
        await RefusedAsync(Client.PostAsync(AccountUrl, bend: h => h["jwk"] = AcmeClient.Jwk(Client.Key)), HttpStatusCode.BadRequest, "malformed");
        await RefusedAsync(Client.PostAsync(AccountUrl, bend: h => h.Remove("kid")), HttpStatusCode.BadRequest, "malformed");
        await RefusedAsync(Client.PostAsync(AccountUrl, bend: h => { h.Remove("kid"); h["jwk"] = AcmeClient.Jwk(Client.Key); }), HttpStatusCode.BadRequest, "malformed");
        await RefusedAsync(Client.PostAsync(Client.Url("new-account"), "{}"), HttpStatusCode.BadRequest, "malformed");
        foreach (var kid in new[] { Client.Url($"account/{Guid.NewGuid():N}"), "1", AccountUrl + "/", AccountUrl.ToUpperInvariant() })
        {
            await RefusedAsync(Client.PostAsync(AccountUrl, bend: h => h["kid"] = kid), HttpStatusCode.BadRequest, "accountDoesNotExist");
        }
    }

    [Fact]
    public async Task Algorithms_without_a_public_key_are_refused_and_the_others_named()
    {
        foreach (var algorithm in new[] { "none", "HS256", "HS512", "es256", "PS256", "ES512", "SM2", "" })
        {
            var problem = await RefusedAsync(Client.PostAsync(AccountUrl, bend: h => h["alg"] = algorithm), HttpStatusCode.BadRequest, "badSignatureAlgorithm");
            Assert.Contains("ES256", problem.GetProperty("algorithms").EnumerateArray().Select(a => a.GetString()));
        }

        // The account's public key as the key of a MAC; and an algorithm of another kind of key.
        var header = await Client.HeaderAsync(AccountUrl);
        header["alg"] = "HS256";
        var message = AcmeClient.Sign(Client.Key, header, "");
        message["signature"] = Base64Url.EncodeToString(HMACSHA256.HashData(Client.Key.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes($"{message["protected"]}.")));
        await RefusedAsync(Client.SendAsync(AccountUrl, message.ToJsonString()), HttpStatusCode.BadRequest, "badSignatureAlgorithm");
        foreach (var algorithm in new[] { "ES384", "RS256", "EdDSA" })
        {
            await RefusedAsync(Client.PostAsync(AccountUrl, bend: h => h["alg"] = algorithm), HttpStatusCode.BadRequest, "malformed");
        }
    }

    [Fact]
    public async Task Only_the_flattened_form_is_read()
    {
        var message = AcmeClient.Sign(Client.Key, await Client.HeaderAsync(AccountUrl), "");
        var compact = $"{message["protected"]}.{message["payload"]}.{message["signature"]}";
        await RefusedAsync(Client.SendAsync(AccountUrl, compact), HttpStatusCode.BadRequest, "malformed");
        foreach (var bend in new Action<JsonObject>[]
        {
            m => m["header"] = new JsonObject(), m => m["signatures"] = new JsonArray(), m => m.Remove("payload"), m => m["payload"] = null, m => m["signature"] = 1,
            m => m["signature"] = m["signature"]!.GetValue<string>() + "==", m => m["protected"] = "e30",
        })
        {
            var bent = message.DeepClone().AsObject();
            bend(bent);
            await RefusedAsync(Client.SendAsync(AccountUrl, bent.ToJsonString()), HttpStatusCode.BadRequest, "malformed");
        }

        // Twice the same member: parsers that take the first and parsers that take the last would read two messages.
        await RefusedAsync(Client.SendAsync(AccountUrl, message.ToJsonString().Replace("{\"protected\"", "{\"payload\":\"e30\",\"protected\"", StringComparison.Ordinal)), HttpStatusCode.BadRequest, "malformed");
        await RefusedAsync(Client.PostAsync(AccountUrl, bend: h => h["crit"] = new JsonArray("exp")), HttpStatusCode.BadRequest, "malformed");
        await RefusedAsync(Client.PostAsync(AccountUrl, bend: h => h["b64"] = false), HttpStatusCode.BadRequest, "malformed");
        await RefusedAsync(Client.SendAsync(AccountUrl, message.ToJsonString(), "application/json"), HttpStatusCode.UnsupportedMediaType, "malformed");
        Assert.Equal(HttpStatusCode.OK, (await Client.SendAsync(AccountUrl, message.ToJsonString())).StatusCode);
    }

    [Fact]
    public async Task A_member_of_the_header_stands_there_once()
    {
        var header = (await Client.HeaderAsync(AccountUrl)).ToJsonString();
        var twice = header.Replace("{\"alg\"", "{\"alg\":\"none\",\"alg\"", StringComparison.Ordinal);
        var encoded = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(twice));
        var message = new JsonObject
        {
            ["protected"] = encoded,
            ["payload"] = "",
            ["signature"] = Base64Url.EncodeToString(Client.Key.SignData(Encoding.ASCII.GetBytes(encoded + "."), HashAlgorithmName.SHA256)),
        };
        await RefusedAsync(Client.SendAsync(AccountUrl, message.ToJsonString()), HttpStatusCode.BadRequest, "malformed");
    }

    [Fact]
    public async Task Weak_and_strange_keys_make_no_account()
    {
        using var stranger = new AcmeClient(Node.Address);
        var url = stranger.Url("new-account");
        using var small = RSA.Create(1024);
        var parameters = small.ExportParameters(includePrivateParameters: false);
        foreach (var jwk in new JsonObject[]
        {
            new() { ["kty"] = "RSA", ["n"] = Base64Url.EncodeToString(parameters.Modulus!), ["e"] = "AQAB" },
            new() { ["kty"] = "EC", ["crv"] = "P-521", ["x"] = "AA", ["y"] = "AA" },
            new() { ["kty"] = "OKP", ["crv"] = "X25519", ["x"] = Base64Url.EncodeToString(new byte[32]) },
            new() { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Base64Url.EncodeToString(new byte[31]), ["y"] = Base64Url.EncodeToString(new byte[32]) },
        })
        {
            await RefusedAsync(stranger.PostAsync(url, "{}", h => h["jwk"] = jwk), HttpStatusCode.BadRequest, "badPublicKey");
        }

        // A point that is not on the curve, a private key, a secret one.
        var off = AcmeClient.Jwk(stranger.Key);
        off["x"] = Base64Url.EncodeToString(new byte[32]);
        await RefusedAsync(stranger.PostAsync(url, "{}", h => h["jwk"] = off), HttpStatusCode.BadRequest, "malformed");
        var secret = AcmeClient.Jwk(stranger.Key);
        secret["d"] = "AA";
        await RefusedAsync(stranger.PostAsync(url, "{}", h => h["jwk"] = secret), HttpStatusCode.BadRequest, "malformed");
        await RefusedAsync(stranger.PostAsync(url, "{}", h => h["jwk"] = new JsonObject { ["kty"] = "oct", ["k"] = "AA" }), HttpStatusCode.BadRequest, "malformed");
    }

    [Fact]
    public async Task An_oversized_body_is_refused_and_what_is_read_by_post_is_not_read_by_get()
    {
        await RefusedAsync(Client.SendAsync(AccountUrl, new string(' ', 65 * 1024)), HttpStatusCode.RequestEntityTooLarge, "malformed");
        using var read = await Node.Public.GetAsync(AccountUrl);
        Assert.Equal("urn:ietf:params:acme:error:malformed", (await AcmeClient.BodyAsync(read, HttpStatusCode.MethodNotAllowed)).GetProperty("type").GetString());
        await RefusedAsync(Client.PostAsync(Client.Url("nothing")), HttpStatusCode.NotFound, "malformed");
    }

    [Fact]
    public async Task Every_answer_links_the_directory_and_is_not_kept()
    {
        using var response = await Client.PostAsync(AccountUrl);
        Assert.Contains($"<{Client.Url("directory")}>;rel=\"index\"", response.Headers.GetValues("Link"));
        Assert.True(response.Headers.CacheControl!.NoStore);
        using var nonce = await Node.Public.GetAsync("acme/new-nonce");
        Assert.Equal(HttpStatusCode.NoContent, nonce.StatusCode);
        Assert.True(nonce.Headers.Contains("Replay-Nonce"));
    }
}
