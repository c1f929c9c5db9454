using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Yinxin.Launch.Demo;
using Yinxin.Testing;

namespace Yinxin.Portal.Tests;

/// <summary>A sample account that has signed in to an app and calls Desk with its token.</summary>
internal sealed class Applicant : IDisposable
{
    public const string Matter = "11349900MB0000051U3000199006000";
    private readonly PlatformFixture platform;
    private readonly HttpBrowser browser = new();
    private readonly NativeApp app;

    private Applicant(PlatformFixture platform)
    {
        this.platform = platform;
        app = new NativeApp(platform.Description, browser);
    }

    public HttpClient Http => app.Http;

    /// <param name="platform">Where.</param>
    /// <param name="signInName">Which sample account.</param>
    /// <param name="secondFactor">False: by the password alone, whatever the account could show.</param>
    public static async Task<Applicant> SignInAsync(PlatformFixture platform, string signInName, bool secondFactor = true)
    {
        var applicant = new Applicant(platform);
        var account = platform.Account(signInName);
        await applicant.browser.GetAsync(platform.Address("identity") + "/sign-in");
        await applicant.browser.SubmitAsync("main form[method=post]", new Dictionary<string, string> { ["Name"] = account.SignInName, ["Password"] = account.Password });
        if (secondFactor && account is { Level: "intermediate", Phone: { } phone })
        {
            await SecondProof.ShowAsync(applicant.browser, platform.Description, phone);
        }

        await applicant.app.SignInAsync();
        return applicant;
    }

    public static Dictionary<string, string> Form() => new()
    {
        ["businessName"] = "样例书店",
        ["address"] = "样例市样例区样例路100号",
        ["scope"] = "图书零售",
        ["mode"] = "零售",
        ["phone"] = "19900000000",
    };

    public Uri Desk(string path) => new(platform.Address("desk") + path);

    public async Task<HttpResponseMessage> UploadAsync(string fileName, byte[] content)
    {
        using var form = new MultipartFormDataContent();
        var part = new ByteArrayContent(content);
        part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        form.Add(part, "file", fileName);
        return await Http.PostAsync(Desk("/api/materials"), form);
    }

    public async Task<Guid> UploadPdfAsync()
    {
        var answer = await UploadAsync("premises.pdf", "%PDF-1.4\n% 样例\n%%EOF\n"u8.ToArray()).AnswerAsync(HttpStatusCode.Created);
        return answer.GetProperty("materialId").GetGuid();
    }

    public async Task<HttpResponseMessage> ApplyAsync(object body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Desk("/api/cases")) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key ?? Guid.NewGuid().ToString());
        return await Http.SendAsync(request);
    }

    public async Task<string> ApplyAsync()
    {
        var answer = await ApplyAsync(await ApplicationAsync()).AnswerAsync(HttpStatusCode.Created);
        return answer.GetProperty("caseNumber").GetString()!;
    }

    public async Task<object> ApplicationAsync() =>
        new { implementationCode = Matter, form = Form(), materials = new[] { new { materialId = await UploadPdfAsync(), key = "premises" } } };

    public async Task<JsonElement> CaseAsync(string caseNumber) => await Http.GetAsync(Desk("/api/my/cases/" + caseNumber)).AnswerAsync(HttpStatusCode.OK);

    public async Task<int> CountAsync() => (await Http.GetAsync(Desk("/api/my/cases")).AnswerAsync(HttpStatusCode.OK)).GetProperty("total").GetInt32();

    public void Dispose()
    {
        app.Dispose();
        browser.Dispose();
    }
}
