using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Assurance;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;

namespace Yinxin.Identity.Tests.Protocol;

/// <summary>RFC 9068 §4: an access token is good for the one API that it names.</summary>
public abstract class TokenAudienceSuite(IdentityFixture identity)
{
    [Fact] // 22
    public async Task A_token_for_one_API_is_refused_by_another()
    {
        await using var licences = await SampleApi.StartAsync(identity);
        var party = new RelyingParty(identity, "web", $"http://localhost:{identity.BasePort}/signin-oidc");
        var forIdentity = (await party.SignInAsync("auditor", false, ("scope", "openid profile identity.grade"))).AccessToken;
        var forLicences = (await new RelyingParty(identity).SignInAsync("company", false, ("scope", "openid profile license.read"))).AccessToken;
        Assert.Equal("yinxin-identity", Answer.Claims(forIdentity).GetProperty("aud").GetString());
        Assert.Equal("yinxin-license", Answer.Claims(forLicences).GetProperty("aud").GetString());

        // Each is good where it belongs; elsewhere it is no token at all (401), and not merely one with too few scopes (403).
        Assert.Equal(HttpStatusCode.OK, await licences.StatusAsync(forLicences));
        var missing = $"/api/organisations/{Guid.NewGuid()}/grade";
        Assert.Equal("identity.grade.unknown", (await new Official(identity, forIdentity).GetAsync(missing))["code"]);
        foreach (var refused in (Answer[])[await licences.GetAsync("/plain", forIdentity), await new Official(identity, forLicences).GetAsync(missing)])
        {
            Assert.Equal((HttpStatusCode.Unauthorized, "http.unauthenticated"), (refused.Status, refused["code"]));
            Assert.Contains("invalid_token", refused.Response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }
    }
}

[Collection(OnSqlite.Name)]
public sealed class TokenAudienceOnSqlite(SqliteIdentity identity) : TokenAudienceSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class TokenAudienceOnPostgres(PostgresIdentity identity) : TokenAudienceSuite(identity);
