using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Yinxin.Launch.Demo;
using Yinxin.Testing;

namespace Yinxin.Portal.Tests.Payment;

/// <summary>A citizen at the pages of his bills.</summary>
internal sealed class Payer : IDisposable
{
    private readonly PlatformFixture platform;
    private readonly string subject;

    private Payer(PlatformFixture platform, string subject)
    {
        this.platform = platform;
        this.subject = subject;
    }

    public HttpBrowser Browser { get; } = new();

    public string? State => Browser.Page.QuerySelector("#state")?.GetAttribute("data-state");

    public static async Task<Payer> SignInAsync(PlatformFixture platform, string signInName)
    {
        using var applicant = await Applicant.SignInAsync(platform, signInName);
        var user = await applicant.Http.GetAsync(new Uri(platform.Address("identity") + "/connect/userinfo")).AnswerAsync(HttpStatusCode.OK);
        var payer = new Payer(platform, user.GetProperty("sub").GetString()!);
        var account = platform.Account(signInName);
        await payer.Browser.GetAsync(platform.Address("payment") + "/");
        await payer.Browser.SubmitAsync("main form[method=post]", new Dictionary<string, string> { ["Name"] = account.SignInName, ["Password"] = account.Password });
        await SecondProof.ShowAsync(payer.Browser, platform.Description, account.Phone!);
        return payer;
    }

    /// <summary>A bill of ten yuan that Desk asks for.</summary>
    public async Task<string> BillAsync()
    {
        using var desk = await platform.ServiceAsync("desk", "payment.bill");
        using var request = new HttpRequestMessage(HttpMethod.Post, platform.Address("payment") + "/api/bills");
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        request.Content = JsonContent.Create(new
        {
            caseNumber = "case-" + Guid.NewGuid().ToString("N"),
            payer = new { sub = subject, name = "样例人" },
            collectingBody = new { uscc = "11349900MB0000051U", name = "样例市新闻出版局" },
            lines = new[] { new { feeItemCode = "0001", name = "工本费", quantity = 1, unit = "本", amountFen = 1000 } },
            returnUrl = platform.Address("web") + "/cases/1",
        });
        return (await desk.SendAsync(request).AnswerAsync(HttpStatusCode.Created)).GetProperty("billNumber").GetString()!;
    }

    public Task OpenAsync(string bill) => Browser.GetAsync($"{platform.Address("payment")}/bills/{bill}");

    /// <summary>Presses «pay»; the channel's own page is not opened.</summary>
    public async Task BeginAsync(string bill, string channel)
    {
        await OpenAsync(bill);
        Browser.CatchRedirect = channel;
        await Browser.SubmitAsync("#pay");
        Browser.CatchRedirect = null;
    }

    /// <summary>What Desk is told of the bill.</summary>
    public async Task<JsonElement> ReadAsync(string bill)
    {
        using var desk = await platform.ServiceAsync("desk", "payment.bill");
        return await desk.GetAsync(new Uri($"{platform.Address("payment")}/api/bills/{bill}")).AnswerAsync(HttpStatusCode.OK);
    }

    public void Dispose() => Browser.Dispose();
}
