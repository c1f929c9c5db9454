using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Yinxin.ServiceDefaults.Language;

namespace Yinxin.ServiceDefaults.Problems;

/// <summary>A page for people where machines get problem details: what happened, what to do, and a number to name when asking for help.</summary>
internal sealed class HtmlProblemWriter : IProblemDetailsWriter
{
    /// <summary>Chinese text stays text.</summary>
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    public bool CanWrite(ProblemDetailsContext context) =>
        context.HttpContext.Request.GetTypedHeaders().Accept.Any(a => a.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase));

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        problem.Extensions.TryAdd("traceId", System.Diagnostics.Activity.Current?.TraceId.ToString() ?? context.HttpContext.TraceIdentifier);
        var (title, advice) = Words(problem.Status ?? 500, problem.Type?.StartsWith("urn:yinxin:problem:", StringComparison.Ordinal) == true ? problem.Title : null);
        var chinese = Languages.IsChinese;
        var again = problem.Extensions.TryGetValue(ProblemException.Again, out var address) ? address as string : null;
        var onwards = (again, chinese) switch { (null, true) => "返回首页", (null, false) => "Home page", (_, true) => "重新打开", (_, false) => "Open it again" };
        if (again is not null && problem.Extensions.TryGetValue(ProblemException.AgainText, out var words) && words is string text)
        {
            onwards = text;
        }

        context.HttpContext.Response.ContentType = "text/html; charset=utf-8";
        await context.HttpContext.Response.WriteAsync($"""
            <!doctype html>
            <html lang="{(chinese ? "zh-CN" : "en")}">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Encoder.Encode(title)}</title><link rel="stylesheet" href="/assets/site.css"></head>
            <body><main class="container" id="main"><h1>{Encoder.Encode(title)}</h1><p class="lead">{Encoder.Encode(advice)}</p>
            <p><a class="button" href="{Encoder.Encode(again ?? "/")}">{Encoder.Encode(onwards)}</a></p>
            <p class="hint">{(chinese ? "求助时请提供此编号" : "Name this number when you ask for help")}: <span class="number">{Encoder.Encode(problem.Extensions["traceId"]?.ToString() ?? "")}</span></p>
            </main></body></html>
            """);
    }

    private static (string Title, string Advice) Words(int status, string? known) => (Languages.IsChinese, status) switch
    {
        (true, 404) => ("找不到页面", known ?? "地址可能有误，或该页面已移走。"),
        (false, 404) => ("Page not found", known ?? "The address may be wrong, or the page has moved."),
        (true, 401 or 403) => ("没有权限", known ?? "您的账户不能使用此功能。"),
        (false, 401 or 403) => ("Not allowed", known ?? "Your account may not use this."),
        (true, 429) => ("请求过于频繁", known ?? "请稍等片刻再试。"),
        (false, 429) => ("Too many requests", known ?? "Please wait a moment and try again."),
        (true, 503) => ("服务暂时不可用", known ?? "请稍后再试，您已保存的内容不会丢失。"),
        (false, 503) => ("Service unavailable", known ?? "Please try again later; what you saved is kept."),
        (true, >= 500) => ("系统出现问题", known ?? "请稍后再试，您已保存的内容不会丢失。"),
        (false, >= 500) => ("There is a problem with the service", known ?? "Please try again later; what you saved is kept."),
        (true, _) => ("无法处理此请求", known ?? "请返回上一页检查后再试。"),
        (false, _) => ("The request cannot be handled", known ?? "Please go back, check and try again."),
    };
}
