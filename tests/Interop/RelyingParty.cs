using System.Text.Json;
using Yinxin.Launch.Demo;
using Yinxin.Testing;

namespace Yinxin.Interop;

/// <summary>npm openid-client in a Node process, with a browser of ours for its person (<c>OpenIdClient/client.mjs</c>).</summary>
internal sealed class RelyingParty(PlatformFixture platform, string clientId, string? clientSecret = null, bool pushed = false) : IDisposable
{
    private const string Redirect = "http://127.0.0.1:49321/callback";
    private readonly HttpBrowser browser = new();
    private JsonElement remembered;

    /// <summary>Where the browser was sent back to with the code.</summary>
    public Uri Returned { get; private set; } = new("about:blank");

    /// <summary>Where the library sent the person.</summary>
    public Uri AuthorizationAddress { get; private set; } = new("about:blank");

    /// <summary>The library begins, and the person signs in.</summary>
    public async Task SignInAsync(string signInName)
    {
        var (code, answer) = await RunAsync("begin", tamper: false);
        if (code != 0)
        {
            throw new InvalidOperationException($"openid-client did not begin: {answer}");
        }

        remembered = answer.GetProperty("remembered");
        AuthorizationAddress = new Uri(answer.GetProperty("url").GetString()!);
        var account = platform.Account(signInName);
        await browser.GetAsync(platform.Address("identity") + "/account");
        await browser.SubmitAsync("main form[method=post]", new Dictionary<string, string> { ["Name"] = account.SignInName, ["Password"] = account.Password });
        if (account.Phone is { } phone)
        {
            await SecondProof.ShowAsync(browser, platform.Description, phone);
        }

        browser.CatchRedirect = Redirect;
        await browser.GetAsync(AuthorizationAddress.AbsoluteUri);
        Returned = browser.Caught ?? throw new InvalidOperationException($"No return to the client but {browser.Address} {browser.Excerpt()}");
    }

    /// <summary>The library takes the code; what it says then, and whether it was content.</summary>
    /// <param name="tamper">One character of the ID token's signature is changed on its way.</param>
    /// <param name="forget">What is remembered otherwise than it was.</param>
    /// <param name="returned">Another address than the one that the browser was sent to.</param>
    public async Task<(bool Accepted, JsonElement Answer)> FinishAsync(bool tamper = false, string? forget = null, Uri? returned = null)
    {
        var memory = remembered.EnumerateObject().ToDictionary(m => m.Name, m => m.Name == forget ? "another-value-of-the-same-kind-and-of-a-good-length" : m.Value.GetString(), StringComparer.Ordinal);
        var (code, answer) = await RunAsync("finish", tamper, JsonSerializer.Serialize(memory), (returned ?? Returned).AbsoluteUri);
        return (code == 0, answer);
    }

    /// <summary>The person follows the library's address for signing out, and is sent back.</summary>
    public async Task<Uri?> SignOutAsync(string address)
    {
        browser.CatchRedirect = Redirect;
        await browser.GetAsync(address);
        return browser.Caught;
    }

    public async Task<bool> IsSignedInAsync()
    {
        await browser.GetAsync(platform.Address("identity") + "/account");
        return browser.Address.AbsolutePath == "/account";
    }

    public void Dispose() => browser.Dispose();

    private async Task<(int Code, JsonElement Answer)> RunAsync(string step, bool tamper, params string[] more)
    {
        var settings = JsonSerializer.Serialize(new
        {
            issuer = platform.Description.Issuer,
            clientId,
            clientSecret,
            redirectUri = Redirect,
            scope = "openid profile offline_access license.read",
            pushed,
            tamper,
        });
        var (code, output) = await Judge.RunAsync("node", [Script(), step, settings, .. more]);
        return (code, JsonElement.Parse(output[output.IndexOf('{', StringComparison.Ordinal)..]));
    }

    /// <summary>Beside the sources, where the build fetched its packages.</summary>
    private static string Script()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Yinxin.slnx")))
        {
            directory = directory.Parent;
        }

        return Path.Combine(directory?.FullName ?? "", "tests", "Interop", "OpenIdClient", "client.mjs");
    }
}
