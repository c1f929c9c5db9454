using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Yinxin.Launch.Demo;
using Yinxin.Testing;

namespace Yinxin.Portal.Tests.Mandates;

/// <summary>The legal representative company01 lets citizen02, who is proven at Intermediate, act for the sample company.</summary>
internal sealed class Agent : IDisposable
{
    /// <summary>企业投资项目备案: for organisations, at Primary, so that a mandate reaches it.</summary>
    public const string Filing = "11349900MB00000C9U3001099012000";

    /// <summary>危险化学品经营许可: for organisations, confirmed in person.</summary>
    public const string Chemicals = "11349900MB00000F3C3000199020000";

    private readonly PlatformFixture platform;
    private readonly HttpBrowser representative = new();
    private string mandate = "";

    private Agent(PlatformFixture platform)
    {
        this.platform = platform;
        App = new NativeApp(platform.Description, Browser);
    }

    public HttpBrowser Browser { get; } = new();

    /// <summary>Signed in for the company under the mandate.</summary>
    public NativeApp App { get; }

    public HttpClient Http => App.Http;

    /// <summary>The browser of the legal representative; acts for the company after <see cref="RepresentativeAsync"/>.</summary>
    public HttpBrowser Representative => representative;

    /// <summary>Key of the mandate.</summary>
    public Guid Mandate => Guid.Parse(mandate);

    public static async Task<Agent> EmpowerAsync(PlatformFixture platform, string power, string reach = "all", string codes = "")
    {
        var agent = new Agent(platform);
        var identity = platform.Address("identity");
        await agent.SignInAsync(agent.representative, identity + "/account/organisations", "company01");
        await agent.representative.FollowAsync("main a[href$='/agents']");
        await agent.representative.FollowAsync("main a[href$='/agents/new']");
        await agent.representative.SubmitAsync("main form[method=post]", new Dictionary<string, string>
        {
            ["Name"] = platform.Account("citizen02").Name,
            ["IdNumber"] = await agent.IdNumberAsync(),
            ["Powers"] = power,
            ["Reach"] = reach,
            ["Codes"] = codes,
        });
        agent.mandate = agent.representative.Address.AbsolutePath.Split('/')[^1];

        await agent.SignInAsync(agent.Browser, $"{identity}/account/mandates/{agent.mandate}", "citizen02");
        await agent.Browser.SubmitAsync("main form.panel", new Dictionary<string, string> { ["Read"] = "true" }, button: "[value=Accept]");
        await agent.Browser.GetAsync(identity + "/account/acting");
        await agent.Browser.SubmitAsync("main form[method=post]", new Dictionary<string, string> { ["Organisation"] = "mandate-" + agent.mandate });
        await agent.App.SignInAsync();
        return agent;
    }

    /// <summary>The same person, acting for nobody but himself from now on.</summary>
    public async Task<NativeApp> AsOneselfAsync()
    {
        await Browser.GetAsync(platform.Address("identity") + "/account/acting");
        await Browser.SubmitAsync("main form[method=post]", new Dictionary<string, string> { ["Organisation"] = "" });
        var oneself = new NativeApp(platform.Description, Browser);
        await oneself.SignInAsync();
        return oneself;
    }

    /// <summary>The legal representative, signed in for the company with two factors.</summary>
    public async Task<NativeApp> RepresentativeAsync()
    {
        await representative.GetAsync(platform.Address("identity") + "/account/acting");
        var company = representative.Page.QuerySelectorAll("main input[name=Organisation]").Select(i => i.GetAttribute("value")).First(v => v?.Length > 0);
        await representative.SubmitAsync("main form[method=post]", new Dictionary<string, string> { ["Organisation"] = company! });
        var app = new NativeApp(platform.Description, representative);
        await app.SignInAsync();
        return app;
    }

    public async Task RevokeAsync()
    {
        await representative.GetAsync($"{platform.Address("identity")}/account/mandates/{mandate}");
        await representative.SubmitAsync("main form.actions", button: "[value=Revoke]");
    }

    public Uri At(string app, string path) => new(platform.Address(app) + path);

    public Task<HttpResponseMessage> UploadAsync() => UploadAsync(Http);

    /// <summary>What is typed for a matter.</summary>
    public static Dictionary<string, string> FormOf(string matter) => matter switch
    {
        Filing => new()
        {
            ["projectName"] = "样例生产线项目",
            ["site"] = "样例市样例路1号",
            ["content"] = "新建生产线一条",
            ["investment"] = "2000000.00",
            ["phone"] = "19900000000",
        },
        Chemicals => new() { ["address"] = "样例市样例路1号", ["scope"] = "乙醇（无储存经营）", ["manager"] = "样例人", ["phone"] = "19900000000" },
        _ => Applicant.Form(),
    };

    /// <summary>An application with its file by whoever's token the client sends.</summary>
    public async Task<JsonElement> SubmitAsync(HttpClient http)
    {
        var material = (await UploadAsync(http).AnswerAsync(HttpStatusCode.Created)).GetProperty("materialId").GetGuid();
        return await ApplyAsync(http, Applicant.Matter, material).AnswerAsync(HttpStatusCode.Created);
    }

    private async Task<HttpResponseMessage> UploadAsync(HttpClient http)
    {
        using var form = new MultipartFormDataContent();
        form.Add(new ByteArrayContent("%PDF-1.4\n% 样例\n%%EOF\n"u8.ToArray()), "file", "premises.pdf");
        return await http.PostAsync(At("desk", "/api/materials"), form);
    }

    public Task<HttpResponseMessage> ApplyAsync(string matter = Applicant.Matter, Guid? material = null) => ApplyAsync(Http, matter, material);

    public async Task<HttpResponseMessage> ApplyAsync(HttpClient http, string matter, Guid? material)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, At("desk", "/api/cases"))
        {
            Content = JsonContent.Create(new
            {
                implementationCode = matter,
                form = FormOf(matter),
                materials = new[] { new { materialId = material ?? Guid.NewGuid(), key = matter == Filing ? "declaration" : "premises" } },
            }),
        };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        return await http.SendAsync(request);
    }

    public void Dispose()
    {
        App.Dispose();
        Browser.Dispose();
        representative.Dispose();
    }

    private async Task SignInAsync(HttpBrowser browser, string address, string name)
    {
        var account = platform.Account(name);
        await browser.GetAsync(address);
        await browser.SubmitAsync("main form[method=post]", new Dictionary<string, string> { ["Name"] = account.SignInName, ["Password"] = account.Password });

        // Who may act for several is asked first; the address does not need the answer.
        await SecondProof.ShowAsync(browser, platform.Description, account.Phone!);
        await browser.GetAsync(address);
    }

    private async Task<string> IdNumberAsync()
    {
        using var client = new HttpClient { DefaultRequestHeaders = { { "X-Api-Key", platform.Description.Sandbox.ApiKey } } };
        var persons = await client.GetFromJsonAsync<List<JsonElement>>(At("sandbox", "/directory/v1/persons?skip=0&take=5"));
        return persons!.First(p => p.GetProperty("name").GetString() == platform.Account("citizen02").Name).GetProperty("idNumber").GetString()!;
    }
}
