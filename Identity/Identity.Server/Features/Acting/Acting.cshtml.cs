using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Acting;

[Authorize]
internal sealed class ActingModel(SessionStore sessions, ActingChoices choices) : PageModel
{
    /// <summary>Before the key of a mandate in the form; an organisation's key stands alone and means its legal representative.</summary>
    public const string MandatePrefix = "mandate-";

    private static readonly Problem NoMandate = new(
        "identity.acting.noMandate", 403, "您不能代表该单位办事。", "You hold no mandate of this organisation.");

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    public IReadOnlyList<ActingChoice> Choices { get; private set; } = [];

    /// <summary>Not to be chosen now; shown, so that nobody wonders where they are.</summary>
    public IReadOnlyList<Mandate> HeldUp { get; private set; } = [];

    /// <summary>Organisations of the person's own, not to be chosen while they are frozen; shown for the same reason.</summary>
    public IReadOnlyList<Organisation> Frozen { get; private set; } = [];

    public Session Current { get; private set; } = new();

    public string PersonName => Current.Account?.DisplayName ?? "";

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Current = await SessionAsync(cancellationToken);
        Choices = await choices.OfAsync(Current.AccountId, cancellationToken);
        HeldUp = await choices.HeldUpAsync(Current.AccountId, cancellationToken);
        Frozen = await choices.FrozenAsync(Current.AccountId, cancellationToken);
    }

    public async Task<IActionResult> OnPostAsync(string? organisation, CancellationToken cancellationToken)
    {
        var session = await SessionAsync(cancellationToken);
        var (acting, mandate) = await ChosenAsync(session.AccountId, organisation, cancellationToken);
        await sessions.ActForAsync(HttpContext, session, acting, mandate, cancellationToken);
        return Redirect(LocalUrl.OrHome(ReturnUrl));
    }

    private async Task<(Guid? Organisation, Guid? Mandate)> ChosenAsync(Guid person, string? chosen, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(chosen))
        {
            return (null, null);
        }

        if (chosen.StartsWith(MandatePrefix, StringComparison.Ordinal))
        {
            var held = Guid.TryParse(chosen[MandatePrefix.Length..], out var id) ? await choices.ToUseAsync(person, id, cancellationToken) : null;
            return held is null ? throw NoMandate.Exception() : (held.OrganisationId, held.Id);
        }

        return Guid.TryParse(chosen, out var organisation) && await choices.StandsAsync(person, organisation, mandate: null, cancellationToken)
            ? (organisation, null)
            : throw NoMandate.Exception();
    }

    private async Task<Session> SessionAsync(CancellationToken cancellationToken) =>
        await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken)
        ?? throw new InvalidOperationException("The session ended during the request.");
}
