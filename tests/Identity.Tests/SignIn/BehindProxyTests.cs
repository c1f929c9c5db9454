using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;
using Yinxin.Identity.Client.SignIn;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Console;
using Yinxin.Identity.Tests.Disputes;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.ServiceDefaults.Hosting;

namespace Yinxin.Identity.Tests.SignIn;

/// <summary>A server that listens at another address than the one that people know, and that an app behind a proxy may use.</summary>
public sealed class ElsewhereIdentity : SqliteIdentity
{
    protected override Task BeforeStartAsync(Dictionary<string, string?> values)
    {
        values["App:Address"] = BehindProxyTests.Listening(BasePort + 1);
        values["Clients:2:RedirectUris:1"] = BehindProxyTests.App + "/signin-oidc";
        return Task.CompletedTask;
    }
}

/// <summary>Servers that listen on HTTP behind a proxy that ends TLS: what counts is the address that people know.</summary>
public sealed class BehindProxyTests(ElsewhereIdentity identity) : IClassFixture<ElsewhereIdentity>, IDisposable
{
    internal const string App = "https://app.example.test";
    private const string Issuer = "https://id.example.test";
    private const string SecondFactor = "/sign-in/second-factor";
    private const int Offset = 5;
    private readonly string directory = Directory.CreateTempSubdirectory("yinxin-proxied-").FullName;

    internal static string Listening(int port) => FormattableString.Invariant($"http://127.0.0.1:{port}");

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task Cookies_of_drafts_of_sign_ins_that_wait_and_of_sessions_are_for_HTTPS_alone()
    {
        await using var node = await StartAsync();
        using var owner = await Applicant.RegisteredAsync(identity);
        var authenticator = await AuthenticatorOnPhone.PairAsync(owner, identity.Time);
        var stranger = await identity.Sandbox.NextPersonAsync();
        using var proxy = Proxy();
        using var browser = new Browser(Issuer, proxy);

        var draft = await browser.SubmitAsync(
            "/register", await browser.ReadAsync("/register"),
            ("IdNumber", stranger.IdNumber), ("Name", stranger.Name), ("Sex", stranger.Sex), ("Ethnicity", stranger.Ethnicity));
        Assert.Equal("/register/phone", draft.Headers.Location?.OriginalString);
        Assert.StartsWith(SecondFactor, (await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password)).Headers.Location!.OriginalString, StringComparison.Ordinal);
        AssertSecure(proxy, "__Host-yinxin.identity.registration", "__Host-yinxin.identity.pending");

        var page = await browser.ReadAsync(SecondFactor + "?way=app");
        Assert.Equal(HttpStatusCode.Found, (await browser.SubmitAsync(SecondFactor, page, ("Way", "app"), ("Code", authenticator.Code()))).StatusCode);
        AssertSecure(proxy, "__Host-yinxin.identity.session", "__Host-yinxin.identity.device");
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/account/sessions")).StatusCode);
    }

    [Fact]
    public async Task Metadata_and_redirects_name_the_public_address_and_browsers_are_told_to_keep_to_HTTPS()
    {
        await using var node = await StartAsync();
        using var browser = new Browser(Issuer, Proxy());
        var metadata = JsonDocument.Parse(await browser.ReadAsync("/.well-known/openid-configuration")).RootElement;
        Assert.Equal(Issuer, metadata.GetProperty("issuer").GetString());
        Assert.StartsWith(Issuer + "/", metadata.GetProperty("token_endpoint").GetString(), StringComparison.Ordinal);
        var led = await browser.GetAsync("/account");
        Assert.Equal(Issuer, new Uri(new Uri(Issuer), led.Headers.Location!).GetLeftPart(UriPartial.Authority));
        Assert.Contains("max-age=", Assert.Single(led.Headers.GetValues("Strict-Transport-Security")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_relying_party_signs_people_in_with_cookies_for_HTTPS_alone()
    {
        await using var node = await StartAsync();
        await using var app = await StartPartyAsync();
        using var proxy = Proxy();
        using var browser = new Browser(Issuer, proxy);
        var challenge = await browser.GetAsync(App + "/me");
        Assert.Equal(HttpStatusCode.Found, challenge.StatusCode);
        AssertSecure(proxy, "__Host-yinxin.web.correlation.", "__Host-yinxin.web.nonce.");

        var back = await browser.AuthorizeAsync(challenge.Headers.Location!.AbsoluteUri, "citizen");
        Assert.Equal(App + "/signin-oidc", back.GetLeftPart(UriPartial.Path));
        Assert.Equal(HttpStatusCode.Found, (await browser.GetAsync(back.AbsoluteUri)).StatusCode);
        AssertSecure(proxy, "__Host-yinxin.web.session");
        Assert.Equal("done", await browser.ReadAsync(App + "/me"));
    }

    /// <summary>Where nobody says that a request came by HTTPS, the public address still does.</summary>
    [Fact]
    public async Task A_relying_party_that_is_asked_past_the_proxy_marks_its_cookies_too()
    {
        await using var node = await StartAsync();
        await using var app = await StartPartyAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, Listening(identity.BasePort) + "/me");

        // Under the name to which the client may return by HTTP.
        request.Headers.Host = FormattableString.Invariant($"localhost:{identity.BasePort}");
        using var challenge = await identity.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Found, challenge.StatusCode);
        Assert.All(challenge.Headers.GetValues("Set-Cookie"), cookie =>
        {
            Assert.StartsWith("__Host-yinxin.web.", cookie, StringComparison.Ordinal);
            Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase);
        });
    }

    [Fact]
    public async Task The_message_about_a_dispute_names_the_address_that_people_know()
    {
        using var quarrel = await Quarrel.NewAsync(identity);
        using var officer = await Officer.SignInAsync(identity, "counter-one");
        await quarrel.OpenAsync(officer);
        var text = (await identity.WaitForMessagesAsync(quarrel.Person.Phone, "dispute"))[0].Text;
        Assert.Contains($"：{identity.Issuer}/disputes，", text, StringComparison.Ordinal);
        Assert.Contains($" at {identity.Issuer}/disputes,", text, StringComparison.Ordinal);
    }

    /// <summary>Another node on the same data, behind the proxy.</summary>
    private Task<WebApplication> StartAsync() => identity.StartSecondAsync(
        Offset, ("App:Address", Listening(identity.BasePort + Offset)), ("Addresses:Identity", Issuer), ("App:TrustedProxies:0", "127.0.0.1"));

    private TlsEndingProxy Proxy() => new((Issuer, Listening(identity.BasePort + Offset)), (App, Listening(identity.BasePort)));

    /// <summary>The smallest app behind the proxy; it too reaches Identity by its public address.</summary>
    private async Task<WebApplication> StartPartyAsync()
    {
        var builder = YinxinHost.CreateBuilder("Yinxin.Identity.Tests", [], configure =>
        {
            configure.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["App:Address"] = Listening(identity.BasePort),
                ["App:DataDirectory"] = directory,
                ["App:MasterKey"] = Convert.ToBase64String(new byte[32]),
                ["App:TrustedProxies:0"] = "127.0.0.1",
                ["Addresses:Identity"] = Issuer,
                ["Addresses:Web"] = App,
            });
            configure.Services.AddSingleton<TimeProvider>(identity.Time);
            configure.Logging.SetMinimumLevel(LogLevel.Error);
        });
        builder.AddYinxinSignIn(options =>
        {
            options.ClientId = "web";
            options.ClientSecret = IdentityFixture.Secret;
            options.Address = addresses => addresses.Web;
        });
        builder.Services.Configure<OpenIdConnectOptions>(YinxinSignIn.ChallengeScheme, oidc => oidc.BackchannelHttpHandler = Proxy());
        builder.Services.AddAntiforgery();
        var app = builder.Build();
        app.UseYinxinDefaults();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapYinxinSignIn();
        app.MapGet("/me", () => "done").RequireAuthorization();
        await app.StartAsync();
        return app;
    }

    private static void AssertSecure(TlsEndingProxy proxy, params string[] names)
    {
        List<Cookie> cookies = [.. proxy.Cookies.GetAllCookies().Cast<Cookie>()];
        Assert.All(names, name => Assert.Contains(cookies, c => c.Name.StartsWith(name, StringComparison.Ordinal)));
        Assert.All(cookies, c => Assert.True(c.Secure, c.Name));
    }
}
