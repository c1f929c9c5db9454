using System.Collections.Concurrent;
using Microsoft.Playwright;
using Xunit;
using Yinxin.Launch.Platform;
using Yinxin.Testing;
using Yinxin.Testing.Overhearing;

[assembly: AssemblyFixture(typeof(Yinxin.EndToEnd.Browsing.BrowserFixture))]

namespace Yinxin.EndToEnd.Browsing;

/// <summary>The platform and one headless Chromium for all stories of this project.</summary>
public class BrowserFixture : PlatformFixture, IAsyncLifetime
{
    /// <summary>The one without a window of its own first: the other starts a process for the window's frame with each visitor.</summary>
    private static readonly string[] Executables = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private IPlaywright? playwright;
    private IBrowser? browser;

    public static ViewportSize Desktop => new() { Width = 1280, Height = 900 };

    public static ViewportSize Phone => new() { Width = 375, Height = 780 };

    /// <summary>Where screenshots are kept as artefacts of the run.</summary>
    public static string Screenshots { get; } = Directory.CreateDirectory(Path.Combine(ArtifactDirectory(), "screenshots")).FullName;

    /// <summary>What a derived fixture starts Chromium with besides.</summary>
    protected virtual IReadOnlyList<string> Arguments => [];

    /// <summary>The service that may hand users over here; the sixth of the sample clients.</summary>
    public const string Sender = "launch";

    /// <summary>Whose users it hands over.</summary>
    public const string SenderSource = "hefei";

    /// <summary>
    /// Whoever has just registered gets the next code without a minute's wait, and whoever waits in place of a challenge's work does so for a quarter of a minute:
    /// a form can come too early then on a busy machine too.
    /// </summary>
    protected override Task<PlatformOptions> OptionsAsync(PlatformOptions options) =>
        Task.FromResult(options with
        {
            Overrides =
            [
                .. options.Overrides, ("identity", "PhoneCodes:SecondsBetween", "0"), ("identity", "Challenge:WaitSeconds", "15"),
                ("identity", "Clients:5:Scopes:90", "identity.import"), ("identity", "Clients:5:ImportSources:0", SenderSource),
            ],
        });

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        Assertions.SetDefaultExpectTimeout(30_000);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Executables.FirstOrDefault(File.Exists) ?? throw new InvalidOperationException("Chromium is missing: install the Debian package chromium-headless-shell."),
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", .. Arguments],
        });
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        playwright?.Dispose();
        await DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A visitor with a browser profile of his own.</summary>
    public async Task<Visitor> VisitorAsync(ViewportSize viewport, string locale = "zh-CN", bool script = true)
    {
        var context = await browser!.NewContextAsync(new BrowserNewContextOptions { ViewportSize = viewport, Locale = locale, JavaScriptEnabled = script });
        context.SetDefaultTimeout(60_000);
        return await Visitor.CreateAsync(context, this);
    }

    private static string ArtifactDirectory()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Yinxin.slnx")))
        {
            directory = directory.Parent;
        }

        return Path.Combine(directory?.FullName ?? AppContext.BaseDirectory, "artifacts");
    }
}

/// <summary>One person at a browser: what he sees is checked for accessibility, foreign requests and errors of the page.</summary>
public sealed class Visitor : IAsyncDisposable
{
    private const string RequestLeft = "htmx: htmx:error: Failed to fetch";
    private readonly IBrowserContext context;
    private readonly BrowserFixture fixture;

    private Visitor(IBrowserContext context, IPage page, BrowserFixture fixture)
    {
        this.context = context;
        this.fixture = fixture;
        Page = page;
    }

    public IPage Page { get; }

    /// <summary>Requests to hosts other than the platform's own: there must never be one.</summary>
    public ConcurrentQueue<string> ForeignRequests { get; } = new();

    /// <summary>Script errors, refusals of the content security policy, scripts and styles that are missing.</summary>
    public ConcurrentQueue<string> ConsoleErrors { get; } = new();

    internal static async Task<Visitor> CreateAsync(IBrowserContext context, BrowserFixture fixture)
    {
        var page = await context.NewPageAsync();
        var visitor = new Visitor(context, page, fixture);
        context.Request += (_, request) =>
        {
            // What is typed must come into no log and no trace; files are sent otherwise than forms.
            KnownSecrets.OfRun.LearnAddress(request.Url);
            if (request.Method == "POST" && request.Headers.TryGetValue("content-type", out var type) && type.StartsWith("application/x-www-form-urlencoded", StringComparison.Ordinal))
            {
                KnownSecrets.OfRun.LearnForm(request.PostData ?? "");
            }

            if (new Uri(request.Url) is { Scheme: "http" or "https" } url && url.Host != "localhost")
            {
                visitor.ForeignRequests.Enqueue(request.Url);
            }
        };
        page.PageError += (_, error) => visitor.ConsoleErrors.Enqueue($"{page.Url}: {error}");
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !IsAnswer(message))
            {
                visitor.ConsoleErrors.Enqueue($"{page.Url}: {message.Text} ({message.Location})");
            }
        };
        return visitor;
    }

    /// <summary>Neither a stranger was asked nor did a page err.</summary>
    public void AssertQuiet()
    {
        Assert.Empty(ForeignRequests);
        Assert.Empty(ConsoleErrors);
    }

    /// <summary>What a click downloads.</summary>
    public async Task<byte[]> DownloadAsync(string selector)
    {
        var download = await Page.RunAndWaitForDownloadAsync(() => Page.ClickAsync(selector));
        await using var stream = await download.CreateReadStreamAsync();
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    public async Task GoToAsync(string app, string path) => await Page.GotoAsync(fixture.Address(app) + path);

    public async Task ScreenshotAsync(string name) =>
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(BrowserFixture.Screenshots, name + ".jpg"), Type = ScreenshotType.Jpeg, Quality = 70, FullPage = true });

    /// <summary>Looks at the page as it is: a screenshot, nothing wider than the screen, and, where script runs, no breach of WCAG 2.2 AA.</summary>
    public async Task SeenAsync(string name, bool script)
    {
        // After a click the page before may still stand there, or the next one half.
        await Page.LoadedAsync();
        await ScreenshotAsync(name);
        if (script)
        {
            await this.AssertNoViolationAsync(name);
            Assert.True(await Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"), name + " is wider than the screen");
        }
    }

    /// <summary>A passkey authenticator in software, as Chromium's developer tools provide it.</summary>
    /// <param name="synced">Whether its keys say of themselves that they are copied to the person's other devices, as those of phones do (flags BE and BS).</param>
    public async Task AddPasskeyAuthenticatorAsync(bool synced = false)
    {
        var session = await context.NewCDPSessionAsync(Page);
        await session.SendAsync("WebAuthn.enable");
        await session.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2",
                ["transport"] = "internal",
                ["hasResidentKey"] = true,
                ["hasUserVerification"] = true,
                ["isUserVerified"] = true,
                ["automaticPresenceSimulation"] = true,
                ["defaultBackupEligibility"] = synced,
                ["defaultBackupState"] = synced,
            },
        });
    }

    public async ValueTask DisposeAsync() => await context.DisposeAsync();

    /// <summary>What the browser and htmx report as an error and is none: a status, such as 422 for a form that is refused, and a request that ended because its page was left. A script or style that is missing is one.</summary>
    private static bool IsAnswer(IConsoleMessage message) =>
        message.Text.StartsWith(RequestLeft, StringComparison.Ordinal) ||
        (message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal) && !message.Location.Contains("/assets/", StringComparison.Ordinal));
}
