using System.Diagnostics;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Yinxin.Launch.Platform;
using Yinxin.License.Cli;
using Yinxin.License.Validation;
using Yinxin.Trust.Bundles;

namespace Yinxin.Launch.Demo;

/// <summary>
/// The main job from end to end, over HTTP as real clients would: a person registers and is graded, applies for a permit through an app,
/// officials decide, a fee is paid, a licence is sealed and issued, anyone verifies it offline, and one changed byte turns it red.
/// </summary>
public sealed class DemoRun(RunningPlatform platform, string dataDirectory, string output, Action<string, TimeSpan> tell)
{
    private const string Matter = "11349900MB0000051U3000199006000";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly PlatformDescription description = platform.Description;

    /// <summary>Walks the chain; throws where a step does not show what it should.</summary>
    public async Task RunAsync()
    {
        Directory.CreateDirectory(output);
        using var citizen = new HttpBrowser();
        using var app = new NativeApp(description, citizen);
        var person = await StepAsync("从人口库样例中选一位未注册的人 · choose an unregistered person", ChoosePersonAsync);
        await StepAsync("注册：身份信息、短信验证码、人口库核验 → 初级 · register → primary", () => RegisterAsync(citizen, person));
        await StepAsync("窗口人员核验本人 → 中级 · counter verification → intermediate", () => VerifyAtCounterAsync(person));
        await StepAsync("登录应用（OIDC + PKCE，单点登录） · sign in to the app", app.SignInAsync);
        var caseNumber = await StepAsync("上传材料并提交申请 · upload and apply", () => ApplyAsync(app));
        await StepAsync("收件、受理、承办、审核、批准（四人） · five steps by four officials", () => DecideAsync(caseNumber));
        await StepAsync("缴费：支付渠道、签名回调 · pay the fee", () => PayAsync(app, citizen, caseNumber));
        var identifier = await StepAsync("制证：盖章、签名、时间戳 · seal and issue", () => AwaitLicenseAsync(app, caseNumber));
        var pdf = await StepAsync("下载证照 · download", () => DownloadAsync(app, identifier));
        await StepAsync("离线核验：有效 · verify offline: valid", () => VerifyAsync(pdf, "report.json", "valid"));
        await StepAsync("改动一个字节后核验：无效 · one changed byte: invalid", () => VerifyTamperedAsync(pdf));
    }

    private async Task<JsonElement> ChoosePersonAsync()
    {
        using var client = SandboxClient();
        var persons = await client.GetFromJsonAsync<List<JsonElement>>("/directory/v1/persons?skip=100&take=50");

        // Characters of CJK extension B need a face that a machine may lack; a licence would then be refused loudly, which is right but no demo.
        var printable = persons!.Where(p => Text(p, "name").EnumerateRunes().All(r => r.Value is < 0x20000 or > 0x2A6DF)).ToList();
        return printable[RandomNumberGenerator.GetInt32(printable.Count)];
    }

    private async Task RegisterAsync(HttpBrowser browser, JsonElement person)
    {
        await browser.GetAsync(description.Issuer + "/register");
        await browser.SubmitAsync("main form[method=post]", new Dictionary<string, string>
        {
            ["IdNumber"] = Text(person, "idNumber"),
            ["Name"] = Text(person, "name"),
            ["Sex"] = Text(person, "sex"),
            ["Ethnicity"] = Text(person, "ethnicity"),
        });
        Expect(browser, "/register/phone");
        var phone = Text(person, "phone");
        await browser.SubmitAsync("main form[method=post]", new Dictionary<string, string> { ["Phone"] = phone });
        Expect(browser, "/register/code");
        using var sandbox = SandboxClient();
        var messages = await sandbox.GetFromJsonAsync<List<JsonElement>>($"/sms/v1/messages?phone={phone}");
        var code = new string([.. Text(messages![0], "text").Where(char.IsAsciiDigit).Take(6)]);
        await browser.SubmitAsync("main form[method=post]", new Dictionary<string, string> { ["Code"] = code });
        Expect(browser, "/register/check");
        var password = "Demo-" + RandomNumberGenerator.GetHexString(16, lowercase: true);
        await browser.SubmitAsync("main form[method=post]", new Dictionary<string, string> { ["Password"] = password, ["PasswordAgain"] = password, ["Agreement"] = "true" });
        if (browser.Address.AbsolutePath.StartsWith("/register", StringComparison.Ordinal))
        {
            throw new DemoException($"Registration did not end: {browser.Excerpt()}");
        }
    }

    private async Task VerifyAtCounterAsync(JsonElement person)
    {
        using var officer = await OfficialAsync("window01", "/counter");
        await officer.SubmitAsync("#counter", new Dictionary<string, string>
        {
            ["IdNumber"] = Text(person, "idNumber"),
            ["Name"] = Text(person, "name"),
            ["DocumentChecked"] = "true",
        });
        officer.Text("#counter-done");
    }

    private async Task<string> ApplyAsync(NativeApp app)
    {
        var desk = description.Addresses["desk"];
        var material = await app.UploadAsync($"{desk}/api/materials", "premises.pdf", "application/pdf", "%PDF-1.4\n% 样例材料 sample material\n%%EOF\n"u8.ToArray());
        var submitted = await app.PostAsync($"{desk}/api/cases", new
        {
            implementationCode = Matter,
            form = new Dictionary<string, string>
            {
                ["businessName"] = "样例书店",
                ["address"] = "样例市样例区样例路100号",
                ["scope"] = "图书、报刊、音像制品零售",
                ["mode"] = "零售",
                ["phone"] = "19900000000",
            },
            materials = new[] { new { materialId = material.GetProperty("materialId").GetString(), key = "premises" } },
        });
        return Text(submitted, "caseNumber");
    }

    private async Task DecideAsync(string caseNumber)
    {
        (string Account, string Act, string Opinion)[] steps =
        [
            ("window01", "Receive", "材料齐全"), ("window01", "Accept", "符合受理条件"), ("handler01", "Handle", "经审查符合条件，建议准予"),
            ("reviewer01", "Examine", "同意"), ("approver01", "Grant", "准予许可"),
        ];
        foreach (var group in steps.GroupBy(s => s.Account))
        {
            using var official = await OfficialAsync(group.Key, "/cases/" + caseNumber);
            foreach (var step in group)
            {
                await official.SubmitAsync("#act", new Dictionary<string, string> { ["Opinion"] = step.Opinion }, button: "#act-" + step.Act);
                if (official.Page.QuerySelector(".error-summary") is not null)
                {
                    throw new DemoException($"{step.Act} was refused: {official.Excerpt()}");
                }
            }
        }
    }

    private async Task PayAsync(NativeApp app, HttpBrowser browser, string caseNumber)
    {
        var bill = await UntilAsync(app, caseNumber, c => c.TryGetProperty("payUrl", out var url) && url.ValueKind == JsonValueKind.String, "has a bill");
        await browser.GetAsync(Text(bill, "payUrl"));
        await browser.SubmitAsync("#pay");
        await browser.SubmitAsync("main form[method=post]", button: "button[value=paid]");
    }

    private async Task<string> AwaitLicenseAsync(NativeApp app, string caseNumber) =>
        Text(await UntilAsync(app, caseNumber, c => Text(c, "state") == "Completed", "is completed"), "licenseIdentifier");

    private async Task<byte[]> DownloadAsync(NativeApp app, string identifier)
    {
        var address = $"{description.Addresses["license"]}/api/my/licenses/{identifier}";
        var pdf = await app.DownloadAsync(address + "/pdf");
        await File.WriteAllBytesAsync(Path.Combine(output, "licence.pdf"), pdf);
        await File.WriteAllBytesAsync(Path.Combine(output, "licence.json"), await app.DownloadAsync(address + "/json"));

        // So that `yinxin verify licence.pdf --bundle trust-bundle.json` works after this platform is gone.
        File.Copy(Path.Combine(dataDirectory, "trust-bundle.json"), Path.Combine(output, "trust-bundle.json"), overwrite: true);
        return pdf;
    }

    private async Task VerifyTamperedAsync(byte[] pdf)
    {
        var tampered = (byte[])pdf.Clone();
        tampered[tampered.Length / 3] ^= 0x01;
        await File.WriteAllBytesAsync(Path.Combine(output, "tampered.pdf"), tampered);
        await VerifyAsync(tampered, "tampered-report.json", "invalid");
    }

    private async Task VerifyAsync(byte[] pdf, string reportFile, string expected)
    {
        var now = DateTimeOffset.UtcNow;
        var bundle = TrustBundle.Parse(await File.ReadAllBytesAsync(Path.Combine(dataDirectory, "trust-bundle.json")));
        var report = LicenseVerification.Verify(pdf, bundle, now);
        await File.WriteAllBytesAsync(Path.Combine(output, reportFile), VerifyCommand.ToJson(report, now));
        if (report.Result != expected)
        {
            throw new DemoException($"The verification says {report.Result} ({report.FirstFailure?.Code}), expected was {expected}.");
        }
    }

    /// <summary>A browser in which an official has signed in, at a page of the desk.</summary>
    private async Task<HttpBrowser> OfficialAsync(string signInName, string path)
    {
        var browser = new HttpBrowser();
        await browser.GetAsync(description.Addresses["desk"] + path);
        var account = description.Accounts.First(a => a.SignInName == signInName);
        await browser.SubmitAsync("main form[method=post]", new Dictionary<string, string> { ["Name"] = account.SignInName, ["Password"] = account.Password });
        return browser.Address.AbsoluteUri.StartsWith(description.Addresses["desk"], StringComparison.Ordinal)
            ? browser
            : throw new DemoException($"{signInName} could not sign in: {browser.Address} {browser.Excerpt()}");
    }

    private async Task<JsonElement> UntilAsync(NativeApp app, string caseNumber, Func<JsonElement, bool> reached, string what)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var current = await app.GetAsync($"{description.Addresses["desk"]}/api/my/cases/{caseNumber}");
            if (reached(current))
            {
                return current;
            }

            if (watch.Elapsed > Patience)
            {
                throw new DemoException($"After {Patience.TotalSeconds} s no case that {what}; its state is {Text(current, "state")}.");
            }

            await Task.Delay(50);
        }
    }

    private HttpClient SandboxClient()
    {
        var client = new HttpClient { BaseAddress = new Uri(description.Sandbox.Address), Timeout = TimeSpan.FromSeconds(10) };
        client.DefaultRequestHeaders.Add("X-Api-Key", description.Sandbox.ApiKey);
        return client;
    }

    private static void Expect(HttpBrowser browser, string path)
    {
        if (browser.Address.AbsolutePath != path || browser.Page.QuerySelector(".error-summary") is not null)
        {
            throw new DemoException($"Expected {path}, found {browser.Address}: {browser.Excerpt()}");
        }
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? throw new DemoException($"{name} is missing in {element.GetRawText()}");

    private async Task StepAsync(string name, Func<Task> step) => await StepAsync(name, async () =>
    {
        await step();
        return true;
    });

    private async Task<T> StepAsync<T>(string name, Func<Task<T>> step)
    {
        var watch = Stopwatch.StartNew();
        var result = await step();
        tell(name, watch.Elapsed);
        return result;
    }
}
