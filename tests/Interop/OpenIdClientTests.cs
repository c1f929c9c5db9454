using System.Text.Json;
using Xunit;
using Yinxin.Testing;

namespace Yinxin.Interop;

/// <summary>npm openid-client signs people in at the running platform with what discovery and <c>platform.json</c> say, and refuses each forged twin.</summary>
public sealed class OpenIdClientTests(IssuedLicence platform)
{
    [Theory]
    [InlineData("public", false)]
    [InlineData("public", true)]
    [InlineData("confidential", false)]
    [InlineData("confidential", true)]
    public async Task It_signs_in_reads_userinfo_refreshes_and_signs_out(string kind, bool pushed)
    {
        using var party = Party(kind, pushed);
        await party.SignInAsync("citizen02");
        Assert.Equal(pushed, party.AuthorizationAddress.Query.Contains("request_uri=", StringComparison.Ordinal));
        var (accepted, answer) = await party.FinishAsync();
        Assert.True(accepted, answer.ToString());

        var claims = answer.GetProperty("claims");
        Assert.Equal(platform.Description.Issuer, claims.GetProperty("iss").GetString());
        Assert.Equal("urn:yinxin:assurance:intermediate", claims.GetProperty("acr").GetString());
        Assert.Contains("pwd", claims.GetProperty("amr").EnumerateArray().Select(a => a.GetString()));
        Assert.Equal(JsonValueKind.Number, claims.GetProperty("auth_time").ValueKind);
        Assert.Equal(claims.GetProperty("sub").GetString(), answer.GetProperty("user").GetProperty("sub").GetString());
        Assert.Equal(platform.Account("citizen02").Name, answer.GetProperty("user").GetProperty("name").GetString());

        // A spent refresh token kills its family, also for the one that came from it.
        Assert.True(answer.GetProperty("rotated").GetBoolean());
        Assert.Equal(("invalid_grant", "invalid_grant"), (answer.GetProperty("again").GetString(), answer.GetProperty("family").GetString()));

        Assert.True(await party.IsSignedInAsync());
        var returned = await party.SignOutAsync(answer.GetProperty("logout").GetString()!);
        Assert.Equal("goodbye", System.Web.HttpUtility.ParseQueryString(returned!.Query)["state"]);
        Assert.False(await party.IsSignedInAsync());
    }

    [Fact]
    public async Task It_refuses_an_id_token_with_one_changed_character()
    {
        using var party = Party("public");
        await party.SignInAsync("citizen02");
        var (accepted, answer) = await party.FinishAsync(tamper: true);
        Assert.False(accepted);
        Assert.Contains("signature", answer.GetProperty("because").GetString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task It_refuses_an_answer_to_another_request()
    {
        using var party = Party("public");
        await party.SignInAsync("citizen02");
        var (state, wrongState) = await party.FinishAsync(forget: "state");
        Assert.False(state, wrongState.ToString());
        var (issuer, wrongIssuer) = await party.FinishAsync(returned: new Uri(party.Returned.AbsoluteUri.Replace("iss=", "iss=https%3A%2F%2Felsewhere.example%2F", StringComparison.Ordinal)));
        Assert.False(issuer, wrongIssuer.ToString());
        var (nonce, wrongNonce) = await party.FinishAsync(forget: "nonce");
        Assert.False(nonce, wrongNonce.ToString());
        Assert.Contains("nonce", wrongNonce.GetProperty("because").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_without_its_verifier_and_a_spent_code_are_refused_by_the_platform()
    {
        using var party = Party("public");
        await party.SignInAsync("citizen02");
        var (verifier, wrongVerifier) = await party.FinishAsync(forget: "verifier");
        Assert.Equal((false, "invalid_grant"), (verifier, wrongVerifier.GetProperty("refused").GetString()));

        using var other = Party("public");
        await other.SignInAsync("citizen02");
        Assert.True((await other.FinishAsync()).Accepted);
        var (again, spent) = await other.FinishAsync();
        Assert.Equal((false, "invalid_grant"), (again, spent.GetProperty("refused").GetString()));
    }

    private RelyingParty Party(string kind, bool pushed = false)
    {
        var client = platform.Description.Clients.Single(c => c.Type == kind);
        return new RelyingParty(platform, client.ClientId, client.ClientSecret, pushed);
    }
}
