using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Clients;
using Yinxin.Identity.Server.Features.Raising.Ways;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.Strengthening;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Handover;

/// <summary>
/// The phone's side. The same account only; it shows a factor after the code was made, and then chooses the number that only the computer shows: whoever sends a person
/// the code of his own computer has neither.
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

    public StepUpHandover? Scanned { get; private set; }

    /// <summary>Whether this phone has shown enough since the code was made.</summary>
    public bool Proved { get; private set; }

    public IReadOnlyList<StrengtheningWay> Ways { get; private set; } = [];

    /// <summary>Ways that raise the account, where that is lacking too.</summary>
    public IReadOnlyList<(RaisingWay Way, string Address)> Raising { get; private set; } = [];

    /// <summary>What came of the answer; null before it.</summary>
    public bool? Confirmed { get; private set; }

    /// <summary>Where the ways of this page come back to.</summary>
    public string Here => "/step-up?code=" + Uri.EscapeDataString(Code ?? "");

    public string Service => clients.Find(Scanned?.ClientId)?.DisplayName ?? texts.Of("统一身份认证", "Unified Identity");

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
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
        return Page();
    }

    private async Task<Session> ReadAsync(CancellationToken cancellationToken)
    {
        var session = await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken) ?? throw new InvalidOperationException("The session ended during the request.");
        Scanned = await handovers.ScannedAsync(Code, session.AccountId, cancellationToken);
        if (Scanned is null)
        {
            return session;
        }

        // A proof of before the code was made might be anybody's who found the phone unlocked.
        Proved = session.AuthenticatedAt >= Scanned.CreatedAt && (await grades.PolicyAsync(cancellationToken)).OfSignIn(session.Methods) >= AssuranceLevel.Intermediate;
        Ways = Proved ? [] : await strengthening.OfAsync(session.AccountId, cancellationToken);
        if (await subjects.OfAsync(session.Id, organisation: null, forService: false, AssuranceLevel.Intermediate, cancellationToken) is { AccountTooLow: true } subject)
        {
            Raising = [.. RaisingWays.For(subject.Grade).Where(raising.IsOpen).Select(w => (w, subject.AddressOf(w, Here))).Where(w => w.Item2 is not null).Select(w => (w.w, w.Item2!))];
        }

        return session;
    }
}
