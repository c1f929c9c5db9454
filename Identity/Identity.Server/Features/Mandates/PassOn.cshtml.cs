using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Features.Acting;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Mandates;

/// <summary>An agent who may, passes a part of his mandate on; as whoever gives one, he is proven, and has shown a moment ago that it is he.</summary>
[Authorize]
internal sealed class PassOnModel(
    ActingChoices choices, SessionStore sessions, MandateView view, MandateInvitation invitation, IOptions<MandateSettings> settings, ITexts texts, TimeProvider time)
    : TermsPage(settings, texts, time)
{
    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await StopAsync(id, MandateView.Recent, cancellationToken) is { } stop)
        {
            return stop;
        }

        Prefill();
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancellationToken)
    {
        // As long again to fill the form in.
        if (await StopAsync(id, MandateView.Recent + MandateView.Recent, cancellationToken) is { } stop)
        {
            return stop;
        }

        if (Read() is not { } form)
        {
            return Refuse(StatusCodes.Status422UnprocessableEntity);
        }

        try
        {
            var part = await invitation.PassOnAsync(User.AccountId()!.Value, id, form.Name, form.Number, form.Terms, cancellationToken);
            return LocalRedirect($"/account/mandates/{part}");
        }
        catch (ProblemException e) when (e.Problem.Status is 409 or 422 or 429)
        {
            ModelState.AddModelError(e.Problem.Code is "identity.mandate.oneself" or "identity.mandate.invitationWaits" ? nameof(IdNumber) : "", e.Problem.Text);
            return Refuse(e.Problem.Status);
        }
    }

    /// <summary>No such right: there is no such page. Nothing proves the agent any more, or no recent proof: to the ways that help, before anything is typed.</summary>
    private async Task<IActionResult?> StopAsync(Guid id, TimeSpan recent, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(id, cancellationToken))
        {
            return NotFound();
        }

        var session = await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken);
        var page = Uri.EscapeDataString($"/account/mandates/{id}/pass-on");
        if (session is null || !await view.MayPassOnAsync(session, cancellationToken))
        {
            return LocalRedirect($"/account/step-up?ReturnUrl={page}&level=primary");
        }

        return await sessions.IsRecentAsync(User, recent, cancellationToken) ? null : LocalRedirect("/account/confirm?ReturnUrl=" + page);
    }

    private async Task<bool> LoadAsync(Guid id, CancellationToken cancellationToken)
    {
        Held = await choices.ToUseAsync(User.AccountId()!.Value, id, cancellationToken);
        OrganisationName = Held?.Organisation?.Name ?? "";
        return Held is { MaySubDelegate: true, ParentId: null };
    }
}
