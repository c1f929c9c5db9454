using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Core.Infrastructure;
using Microsoft.AspNetCore.Mvc.Filters;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Sessions;

/// <summary>
/// A form is bound to the browser and to whoever was signed in when it was shown. Where somebody signs in or out in another tab meanwhile, this one is told so in plain words and led on to its
/// own place; what it was to do is not done in another's name.
/// </summary>
internal sealed class StaleForms : IAlwaysRunResultFilter
{
    private static readonly Problem Stale = new(
        "http.formStale", 400,
        "页面已过期，或打开之后登录状态在其他标签页中发生了变化；本次提交没有生效。请重新打开后再提交。",
        "The page has expired, or somebody signed in or out in another tab since it was opened. Nothing was done; please open it again.");

    public void OnResultExecuting(ResultExecutingContext context)
    {
        if (context.Result is not IAntiforgeryValidationFailedResult)
        {
            return;
        }

        if (context.HttpContext.User.AccountId() is null && context.HttpContext.Request.Path == "/sign-out")
        {
            // Pressed twice, or done in the other tab already.
            context.Result = new LocalRedirectResult("/signed-out");
            return;
        }

        var exception = Stale.Exception();
        exception.Extensions[ProblemException.Again] = Again(context.HttpContext);
        throw exception;
    }

    public void OnResultExecuted(ResultExecutedContext context)
    {
    }

    /// <summary>The page itself; from a sign-in that another tab has made unnecessary, where it was to lead.</summary>
    private static string Again(HttpContext context)
    {
        var request = context.Request;
        if (context.User.AccountId() is not null && request.Path.StartsWithSegments("/sign-in", StringComparison.Ordinal))
        {
            return LocalUrl.OrHome(request.Query["ReturnUrl"]);
        }

        var query = new QueryBuilder(request.Query.Where(parameter => !parameter.Key.Equals("handler", StringComparison.OrdinalIgnoreCase)));
        return LocalUrl.OrHome((request.PathBase + request.Path).ToUriComponent() + query.ToQueryString().ToUriComponent());
    }
}
