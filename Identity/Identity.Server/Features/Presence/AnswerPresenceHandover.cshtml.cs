using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Handover;
using Yinxin.Identity.Server.Features.Presence.Methods;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Presence;

/// <summary>
/// The phone's side, of the same account only: what is confirmed and for whom, the number that only the computer shows, the way and the consent, then the ceremony. No further factor is asked for: face or voice is one.
/// </summary>
[Authorize]
internal sealed class AnswerPresenceHandoverModel(
    IdentityContext database, SessionStore sessions, Handovers handovers, PresenceByPhone phones, PresenceCeremony ceremony, PresenceMethods methods, ITexts texts) : PresencePage(database, sessions)
{
    [BindProperty(SupportsGet = true)]
    public string? Code { get; set; }

    /// <summary>The row's key, once the number was chosen: for another try, and to say that it is done.</summary>
    [BindProperty(SupportsGet = true)]
    public Guid? Again { get; set; }

    [BindProperty]
    public int? Number { get; set; }

    [BindProperty]
    public bool Consent { get; set; }

    /// <summary>One of <see cref="PresenceMethodNames"/>; may be missing where one alone is offered.</summary>
    [BindProperty]
    public string? Method { get; set; }

    [BindProperty]
    public bool Decline { get; set; }

    /// <summary>Null when nothing waits for this phone.</summary>
    public HandedPresence? Asked { get; private set; }

    /// <summary>Whether the number was chosen already.</summary>
    public bool Chosen => Again is not null;

    public bool Done { get; private set; }

    public bool Refused { get; private set; }

    public int TriesLeft { get; private set; }

    public MethodChoice Choice(HandedPresence asked) => MethodChoice.Of(methods.Of(asked.Request.Detail), Method, Consent);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var session = await ReadAsync(cancellationToken);
        if (Asked is not { } asked)
        {
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }

        if (Decline)
        {
            Refused = await phones.DeclineAsync(asked.Row, session, cancellationToken);
            if (!Refused)
            {
                // Done meanwhile, or gone: the page says which.
                await ReadAsync(cancellationToken);
            }

            return Page();
        }

        // What is missing is asked for again; only a wrong number is an answer.
        if (!Chosen && Number is null)
        {
            return Refuse(nameof(Number), texts.Of("请选择电脑上显示的数字", "Please choose the number that the computer shows"), StatusCodes.Status422UnprocessableEntity);
        }

        if (methods.Choose(asked.Request.Detail, Method) is not { } method)
        {
            return Refuse(nameof(Method), texts.Of("请选择一种核验方式", "Please choose how to show that it is you"), StatusCodes.Status422UnprocessableEntity);
        }

        if (!Consent)
        {
            return Refuse(nameof(Consent), texts.Of("请先同意，或选择“不确认，拒绝”", "Please agree first, or choose “Do not confirm: refuse”"), StatusCodes.Status422UnprocessableEntity);
        }

        var person = await PersonAsync(session, cancellationToken);
        if (!Chosen && !await handovers.AnswerAsync(asked.Row, session, Number, cancellationToken) && await phones.ChosenAsync(asked.Row.Id, session, cancellationToken) is null)
        {
            Refused = true;
            return Page();
        }

        Again = asked.Row.Id;
        try
        {
            return Redirect(await ceremony.BeginAsync(session, method, person, asked.Request.Detail, asked.Request.ClientId, PresenceByPhone.Address(asked.Row), cancellationToken, asked.Row));
        }
        catch (ProblemException e)
        {
            return Refuse("", e.Problem.Text, e.Problem.Status);
        }
    }

    private async Task<Session> ReadAsync(CancellationToken cancellationToken)
    {
        var session = await SessionAsync(cancellationToken);
        var row = Again is { } id
            ? await phones.ChosenAsync(id, session, cancellationToken)
            : await handovers.ScannedAsync(Code, session.AccountId, cancellationToken, HandoverKind.Presence) ?? await phones.ChosenAsync(Code, session, cancellationToken);
        Asked = null;
        if (row is { State: QrSignInState.Confirmed })
        {
            Again = row.Id;
        }

        Done = row is { State: QrSignInState.Used };
        if (row is null || Done)
        {
            return session;
        }

        Asked = await phones.OpenAsync(row, cancellationToken);
        if (Asked is { Request: var request })
        {
            TriesLeft = Math.Max(0, PresenceCeremony.Tries - await ceremony.FailuresAsync(row.AccountId, request.ClientId, request.Detail, cancellationToken));
        }

        return session;
    }

    private Microsoft.AspNetCore.Mvc.RazorPages.PageResult Refuse(string field, string text, int status)
    {
        ModelState.AddModelError(field, text);
        Response.StatusCode = status;
        return Page();
    }
}
