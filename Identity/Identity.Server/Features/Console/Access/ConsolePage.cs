using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Audit;
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
            Me = new ConsoleOfficial(await services.GetRequiredService<Officials.Officials>().RequireAsync(User, HttpContext.RequestAborted, [.. Readers]));
        }
        catch (ProblemException e)
        {
            await NoteAsync(services, e.Problem.Code);
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
        await next();
    }

    /// <exception cref="ProblemException">The official sees the page but may not do this on it.</exception>
    protected void Demand(IReadOnlyList<string> anyOf)
    {
        if (!Me.Holds(anyOf))
        {
            throw NotAllowed.Exception();
        }
    }

    /// <summary>Null when the official proved themselves a short time ago; else where they do.</summary>
    protected IActionResult? SignInAgain(TimeProvider time) => time.GetUtcNow() - Me.Session.AuthenticatedAt <= Recent
        ? null : LocalRedirect("/sign-in?ReturnUrl=" + Uri.EscapeDataString(Request.Path + Request.QueryString));

    /// <summary>The form again, with what is wrong at its field.</summary>
    protected PageResult Refuse(string field, Problem problem)
    {
        ModelState.AddModelError(field, problem.Text);
        Response.StatusCode = problem.Status;
        return Page();
    }

    /// <summary>A try beyond one's role is an event; only officials are noted, so that no stranger fills the audit.</summary>
    private async Task NoteAsync(IServiceProvider services, string code)
    {
        if (User.FindFirst("kind")?.Value != "staff" || User.FindFirst("sub")?.Value is not { } actor)
        {
            return;
        }

        var database = services.GetRequiredService<IdentityContext>();
        var key = Guid.Parse(actor);
        var name = await database.StaffMembers.Where(s => s.Id == key).Select(s => s.Name).FirstOrDefaultAsync(HttpContext.RequestAborted);
        services.GetRequiredService<IAuditTrail>().Add(new AuditEntry("console.denied", SubjectId: null, actor, name, new { path = Request.Path.Value, method = Request.Method }, Result: code));
        await database.SaveChangesAsync(HttpContext.RequestAborted);
    }
}
