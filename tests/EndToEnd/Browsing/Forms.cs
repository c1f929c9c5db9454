using AngleSharp.Html.Parser;
using Microsoft.Playwright;
using Xunit;

namespace Yinxin.EndToEnd.Browsing;

/// <summary>Forms sent beside the page, with the cookies of its browser: for what a story needs and another one tells.</summary>
internal static class Forms
{
    /// <summary>Fills in the first form of a page over what it holds hidden, and sends it.</summary>
    public static async Task SendAsync(this Visitor visitor, string address, params (string Name, string Value)[] fields)
    {
        var requests = visitor.Page.Context.APIRequest;
        await using var page = await requests.GetAsync(address);
        var document = await new HtmlParser().ParseDocumentAsync(await page.TextAsync());
        var form = document.QuerySelector("main form[method=post]") ?? throw new InvalidOperationException($"{page.Url} ({page.Status}) holds no form.");
        var values = requests.CreateFormData();
        foreach (var hidden in form.QuerySelectorAll("input[type=hidden]"))
        {
            values.Set(hidden.GetAttribute("name") ?? "", hidden.GetAttribute("value") ?? "");
        }

        foreach (var (name, value) in fields)
        {
            values.Set(name, value);
        }

        var target = form.GetAttribute("action") is { Length: > 0 } action ? new Uri(new Uri(page.Url), action).ToString() : page.Url;
        await using var answer = await requests.PostAsync(target, new APIRequestContextOptions { Form = values });
        Assert.True(answer.Ok, $"{target} answered {answer.Status}.");
    }
}
