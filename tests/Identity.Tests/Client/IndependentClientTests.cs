using System.Net;
using Duende.IdentityModel.OidcClient;
using Duende.IdentityModel.OidcClient.Browser;
using Xunit;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Client;

/// <summary>A client library that knows nothing of this provider signs in with what discovery tells it.</summary>
public sealed class IndependentClientTests(SqliteIdentity identity) : IClassFixture<SqliteIdentity>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Duende_OidcClient_signs_in_refreshes_and_reads_userinfo(bool pushed)
    {
        using var browser = identity.NewBrowser();
        var client = new OidcClient(new OidcClientOptions
        {
            Authority = identity.Issuer,
            ClientId = "public",
            Scope = "openid profile offline_access license.read",
            RedirectUri = "http://127.0.0.1:7890/callback",
            Browser = new ScreenlessBrowser(browser),
            DisablePushedAuthorization = !pushed,
            Policy = { Discovery = { RequireHttps = false } },
        });

        var result = await client.LoginAsync(new LoginRequest(), TestContext.Current.CancellationToken);
        Assert.False(result.IsError, $"{result.Error} {result.ErrorDescription}");
        Assert.Equal("张样例", result.User.FindFirst("name")?.Value);
        var refreshed = await client.RefreshTokenAsync(result.RefreshToken, cancellationToken: TestContext.Current.CancellationToken);
        Assert.False(refreshed.IsError, refreshed.Error);
        var user = await client.GetUserInfoAsync(refreshed.AccessToken, TestContext.Current.CancellationToken);
        Assert.Contains(user.Claims, c => c.Type == "kind" && c.Value == "person");
    }

    private sealed class ScreenlessBrowser(Browser browser) : IBrowser
    {
        public async Task<BrowserResult> InvokeAsync(BrowserOptions options, CancellationToken cancellationToken = default)
        {
            var answer = await browser.AuthorizeAsync(new Uri(options.StartUrl).PathAndQuery, "citizen");
            return new BrowserResult { ResultType = BrowserResultType.Success, Response = answer.ToString() };
        }
    }
}
