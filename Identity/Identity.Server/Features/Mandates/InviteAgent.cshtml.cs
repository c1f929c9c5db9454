using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Organisations;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Mandates;

/// <summary>A legal representative gives a mandate; his session must show Intermediate, and that it was he a moment ago.</summary>
[Authorize]
internal sealed class InviteAgentModel(
    IdentityContext database, SessionStore sessions, MandateView view, MandateInvitation invitation, IOptions<MandateSettings> settings, ITexts texts, TimeProvider time)
    : TermsPage(settings, texts, time)
{
    public async Task<IActionResult> OnGetAsync(Guid organisation, CancellationToken cancellationToken)
    {
        if (await StopAsync(organisation, MandateView.Recent, cancellationToken) is { } stop)
        {
            return stop;
        }

        Prefill();
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid organisation, CancellationToken cancellationToken)
    {
        // As long again to fill the form in.
        if (await StopAsync(organisation, MandateView.Recent + MandateView.Recent, cancellationToken) is { } stop)
        {
            return stop;
        }

        if (Read() is not { } form)
        {
            return Refuse(StatusCodes.Status422UnprocessableEntity);
        }

        try
        {
            var id = await invitation.InviteAsync(User.AccountId()!.Value, organisation, form.Name, form.Number, form.Terms, cancellationToken);
            return LocalRedirect($"/account/mandates/{id}");
        }
        catch (ProblemException e) when (e.Problem.Status is 409 or 422 or 429)
        {
            ModelState.AddModelError(e.Problem.Code == FrozenOrganisation.Problem.Code ? "" : nameof(IdNumber), e.Problem.Text);
            return Refuse(e.Problem.Status);
        }
    }

    /// <summary>Not the representative: there is no such page. Level too low, or no recent proof: to the ways that help, before anything is typed.</summary>
    private async Task<IActionResult?> StopAsync(Guid organisation, TimeSpan recent, CancellationToken cancellationToken)
    {
        var person = User.AccountId();
        var found = await database.Organisations.AsNoTracking().FirstOrDefaultAsync(o => o.Id == organisation && o.LegalRepresentativeId == person && o.EndedAt == null, cancellationToken);
        if (found is null)
        {
            return NotFound();
        }

        OrganisationName = found.Name;
        var session = await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken);
        var page = Uri.EscapeDataString($"/account/organisations/{organisation}/agents/new");
        if (session is null || !await view.MayGiveAsync(session, passedOn: null, cancellationToken))
        {
            return LocalRedirect($"/account/step-up?ReturnUrl={page}&level=intermediate");
        }

        return await sessions.IsRecentAsync(User, recent, cancellationToken) ? null : LocalRedirect("/account/confirm?ReturnUrl=" + page);
    }
}
