using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Clients;
using Yinxin.Identity.Server.Features.Raising;
using Yinxin.Identity.Server.Features.Raising.Ways;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.Strengthening;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Handover;

/// <summary>
/// The phone's side. The same account only; it shows a factor after the code was made, and then chooses the number that only the computer shows: whoever sends a person
/// the code of his own computer has neither. Where the computer waits for a level no factor is asked for here: the number leads to the ways, of which each asks for
/// what it needs itself, and they come back here.
/// </summary>
[Authorize]
internal sealed class AnswerHandoverModel(
    Handovers handovers, ClientCatalogue clients, SessionStore sessions, GradeReader grades, StrengtheningWays strengthening, StepUpSubject subjects, RaisingWays raising, ITexts texts) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Code { get; set; }

    /// <summary>The chosen number; none: refused.</summary>
    [BindProperty]
    public int? Number { get; set; }

    /// <summary>What the computer asked for: <c>primary</c> or <c>intermediate</c>.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Level { get; set; }

    /// <summary>Who is being raised, once the number was chosen; empty: the person.</summary>
    [BindProperty(SupportsGet = true)]
    public Guid? Organisation { get; set; }

    public StepUpHandover? Scanned { get; private set; }

    /// <summary>The computer waits for a level and not for a factor.</summary>
    public bool ForLevel { get; private set; }

    /// <summary>For people, where the level is an organisation's.</summary>
    public string? OrganisationName { get; private set; }

    /// <summary>Whether this phone has shown enough since the code was made.</summary>
    public bool Proved { get; private set; }

    public IReadOnlyList<StrengtheningWay> Ways { get; private set; } = [];

    /// <summary>Ways that raise the account, or the organisation acted for at the computer, where that is lacking too.</summary>
    public IReadOnlyList<(RaisingWay Way, string Address)> Raising { get; private set; } = [];

    /// <summary>What the level still lacks, once the number was chosen.</summary>
    public RaisingWaysToShow? Remaining { get; private set; }

    /// <summary>What came of the answer; null before it.</summary>
    public bool? Confirmed { get; private set; }

    /// <summary>Where the ways of this page come back to.</summary>
    public string Here => $"/step-up?{(Wanted == AssuranceLevel.Primary ? "level=primary&" : "")}code={Uri.EscapeDataString(Code ?? "")}";

    public string Service => clients.Find(Scanned?.ClientId)?.DisplayName ?? texts.Of("统一身份认证", "Unified Identity");

    private AssuranceLevel Wanted => StepUpModel.Wanted(Level);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        return Page();
    }

    /// <summary>Where the ways come back to: done, or what is left to do. It says nothing that the person could not read on their own pages, and needs no code, which is spent by now.</summary>
    public async Task<IActionResult> OnGetRaisedAsync(CancellationToken cancellationToken)
    {
        ForLevel = true;
        var subject = await subjects.OfAsync(User.SessionId()!.Value, Organisation, forService: false, Wanted, cancellationToken)
            ?? throw new InvalidOperationException("The session ended during the request.");
        if (subject.IsRaised(Organisation, Wanted))
        {
            Confirmed = true;
        }
        else if (subject.OrganisationId == Organisation)
        {
            OrganisationName = subject.OrganisationName;
            Remaining = new RaisingWaysToShow(subject, [.. RaisingWays.For(subject.Grade).Select(w => (w, raising.IsOpen(w)))], Raised(Organisation));
        }

        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var session = await ReadAsync(cancellationToken);
        if (Scanned is null || !Proved)
        {
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }

        Confirmed = await handovers.AnswerAsync(Scanned, session, Number, cancellationToken);
        return ForLevel && Confirmed == true ? LocalRedirect(Raised(Scanned.OrganisationId)) : Page();
    }

    private string Raised(Guid? organisation) => "/step-up?handler=Raised" + (organisation is { } id ? $"&Organisation={id}" : "") + (Wanted == AssuranceLevel.Primary ? "&Level=primary" : "");

    private async Task<Session> ReadAsync(CancellationToken cancellationToken)
    {
        var session = await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken) ?? throw new InvalidOperationException("The session ended during the request.");
        Scanned = await handovers.ScannedAsync(Code, session.AccountId, cancellationToken) ?? await handovers.ScannedAsync(Code, session.AccountId, cancellationToken, HandoverKind.Raise);
        if (Scanned is null)
        {
            return session;
        }

        var subject = await subjects.OfAsync(session.Id, Scanned.OrganisationId, forService: false, Wanted, cancellationToken);
        OrganisationName = Scanned is { Kind: HandoverKind.Raise, OrganisationId: null } ? null : subject?.OrganisationName;
        if (Scanned.Kind == HandoverKind.Raise)
        {
            // It changes the account alone, never the session at the computer: the phone shows no more for it than it would for raising by itself.
            (ForLevel, Proved) = (true, true);
            return session;
        }

        // A proof of before the code was made might be anybody's who found the phone unlocked.
        Proved = session.AuthenticatedAt >= Scanned.CreatedAt && (await grades.PolicyAsync(cancellationToken)).OfSignIn(session.Methods) >= AssuranceLevel.Intermediate;
        Ways = Proved ? [] : await strengthening.OfAsync(session.AccountId, cancellationToken);
        if (subject is { AccountTooLow: true } lacking)
        {
            Raising = [.. RaisingWays.For(lacking.Grade).Where(raising.IsOpen).Select(w => (w, lacking.AddressOf(w, Here))).Where(w => w.Item2 is not null).Select(w => (w.w, w.Item2!))];
        }

        return session;
    }
}
