using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Presence.Methods;
using Yinxin.Identity.Server.Features.Protocol.Authorize;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Presence;

/// <summary>What is confirmed, at which application, for whom; the way to show it and the consent to what it processes; then the ceremony.</summary>
[Authorize]
internal sealed class ConfirmPresenceModel(
    IdentityContext database, SessionStore sessions, AskedPresences requests, PresenceCeremony ceremony, PresenceMethods methods, ITexts texts) : PresencePage(database, sessions)
{
    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    [BindProperty]
    public bool Consent { get; set; }

    /// <summary>One of <see cref="PresenceMethodNames"/>; may be missing where one alone is offered.</summary>
    [BindProperty]
    public string? Method { get; set; }

    public PresenceDetail Detail { get; private set; } = null!;

    public string Application { get; private set; } = "";

    public Session Session { get; private set; } = null!;

    public int TriesLeft { get; private set; }

    public MethodChoice Choice => MethodChoice.Of(methods.Of(Detail), Method, Consent);

    public string Decline => $"{ReturnUrl}&{AuthorizationFacts.PresenceDeclinedParameter}=declined";

    private string ClientId { get; set; } = "";

    private Person Person { get; set; } = null!;

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        (Session, Person) = await CurrentAsync(HttpContext.RequestAborted);
        var asked = requests.Of(ReturnUrl) ?? throw NoRequest.Exception();

        // Only the request itself: whatever else stands in the address is the page's own.
        (ReturnUrl, ClientId, Application, Detail) = (asked.Address, asked.ClientId, asked.Application, asked.Detail);
        TriesLeft = Math.Max(0, PresenceCeremony.Tries - await ceremony.FailuresAsync(Person.Id, ClientId, Detail, HttpContext.RequestAborted));
        await next();
    }

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (methods.Choose(Detail, Method) is not { } method)
        {
            return Refuse(nameof(Method), texts.Of("请选择一种核验方式", "Please choose how to show that it is you"), StatusCodes.Status422UnprocessableEntity);
        }

        if (!Consent)
        {
            return Refuse(nameof(Consent), texts.Of("请先同意，或选择“不确认，返回”", "Please agree first, or choose “Do not confirm, go back”"), StatusCodes.Status422UnprocessableEntity);
        }

        try
        {
            return Redirect(await ceremony.BeginAsync(Session, method, Person, Detail, ClientId, ReturnUrl!, cancellationToken));
        }
        catch (ProblemException e)
        {
            return Refuse("", e.Problem.Text, e.Problem.Status);
        }
    }

    private Microsoft.AspNetCore.Mvc.RazorPages.PageResult Refuse(string field, string text, int status)
    {
        ModelState.AddModelError(field, text);
        Response.StatusCode = status;
        return Page();
    }
}
