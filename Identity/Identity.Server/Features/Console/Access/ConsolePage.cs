using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Yinxin.Identity.Server.Features.SecondFactors;
using Yinxin.Identity.Server.Features.Strengthening;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Console.Access;

/// <summary>A page for officials: their roles are asked for anew at every request, so that a transfer counts at once. Who may not use it gets a page that says so.</summary>
[Authorize]
internal abstract class ConsolePage : PageModel
{
    /// <summary>What cannot be taken back asks for a proof of this time.</summary>
    public static readonly TimeSpan Recent = TimeSpan.FromMinutes(15);

    private static readonly Problem NotAllowed = new("identity.official.role", 403, "您的岗位没有此项权限。", "Your role may not do this.");

    public ConsoleOfficial Me { get; private set; } = null!;

    /// <summary>Roles of which one is needed to see the page at all.</summary>
    protected abstract IReadOnlyList<string> Readers { get; }

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var services = HttpContext.RequestServices;
        try
        {
            Me = new ConsoleOfficial(await services.GetRequiredService<Officials.Officials>().RequireAsync(User, Request.Query["renewal"] != "script", HttpContext.RequestAborted, [.. Readers]));
        }
        catch (ProblemException e)
        {
            if (e.Problem == Officials.Officials.SecondFactor && HttpMethods.IsGet(Request.Method))
            {
                context.Result = LocalRedirect(OfficialFactorModel.Path + "?ReturnUrl=" + Uri.EscapeDataString(Request.Path + Request.QueryString));
                return;
            }

            await ConsoleDenials.NoteAsync(HttpContext, e.Problem.Code);
            context.Result = new ViewResult
            {
                ViewName = "/Features/Console/Access/Denied.cshtml",
                StatusCode = e.Problem.Status,
                ViewData = new ViewDataDictionary<Problem>(services.GetRequiredService<IModelMetadataProvider>(), new ModelStateDictionary()) { Model = e.Problem },
            };
            return;
        }

        ViewData["Official"] = Me;
        // What an official sees of others stays in no cache; spelled as the antiforgery token's own rule.
        Response.Headers.CacheControl = "no-cache, no-store";
        // What a handler refuses was tried by a forged form: the page shows no official what is not theirs.
        if ((await next()).Exception is ProblemException { Problem.Status: StatusCodes.Status403Forbidden } refused)
        {
            await ConsoleDenials.NoteAsync(HttpContext, refused.Problem.Code);
        }
    }

    /// <exception cref="ProblemException">The official sees the page but may not do this on it.</exception>
    protected void Demand(IReadOnlyList<string> anyOf)
    {
        if (!Me.Holds(anyOf))
        {
            throw NotAllowed.Exception();
        }
    }

    /// <summary>Null when the official proved themselves a short time ago; else where they do, in the session that they have.</summary>
    protected IActionResult? SignInAgain(TimeProvider time) => time.GetUtcNow() - Me.Session.AuthenticatedAt <= Recent
        ? null : LocalRedirect(ConfirmAddress.Of(Me.Session, Request.Path + Request.QueryString));

    /// <summary>The form again, with what is wrong at its field.</summary>
    protected PageResult Refuse(string field, Problem problem)
    {
        ModelState.AddModelError(field, problem.Text);
        Response.StatusCode = problem.Status;
        return Page();
    }
}
