using System.Globalization;
using Microsoft.AspNetCore.Mvc;

namespace Yinxin.ServiceDefaults.Problems;

/// <summary>Gives a code and a sentence to what the framework refuses by a bare status.</summary>
internal static class StatusProblems
{
    private static readonly Dictionary<int, Problem> Known = new Problem[]
    {
        new("http.badRequest", 400, "请求格式不正确。", "The request is malformed."),
        new("http.unauthenticated", 401, "请先登录或提供有效的访问令牌。", "Sign in, or send a valid access token."),
        new("http.forbidden", 403, "当前账户或令牌无权执行此操作。", "This account or token may not do that."),
        new("http.notFound", 404, "没有找到所请求的内容。", "There is nothing at this address."),
        new("http.methodNotAllowed", 405, "该地址不支持此请求方法。", "This address does not take that method."),
        new("http.notAcceptable", 406, "无法以所要求的格式应答。", "No answer can be given in the form that was asked for."),
        new("http.timeout", 408, "请求未在规定时间内到达。", "The request did not arrive in time."),
        new("http.bodyTooLarge", 413, "提交的内容超过允许的大小。", "The request is larger than allowed."),
        new("http.unsupportedMediaType", 415, "不支持所提交内容的类型。", "The content's media type is not supported here."),
        new("http.tooManyRequests", 429, "请求过于频繁，请稍后再试。", "Too many requests; wait a moment and try again."),
        new("http.headersTooLarge", 431, "请求头过大。", "The request's headers are too large."),
        new("http.internal", 500, "系统出现问题，请稍后再试。", "Something went wrong on our side. Please try again later."),
        new("http.unavailable", 503, "服务暂时不可用，请稍后再试。", "The service is not available at the moment; try again later."),
    }.ToDictionary(p => p.Status);

    /// <summary>Leaves a problem that has its code as it is.</summary>
    public static void Name(ProblemDetails details)
    {
        if (details.Extensions.ContainsKey("code"))
        {
            return;
        }

        var status = details.Status ?? 500;
        if (Known.TryGetValue(status, out var problem))
        {
            details.Extensions["code"] = problem.Code;
            details.Type = problem.Type;
            details.Title = problem.Text;
        }
        else
        {
            details.Extensions["code"] = string.Create(CultureInfo.InvariantCulture, $"http.{status}");
        }
    }
}
