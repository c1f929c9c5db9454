using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Protocol.Authorize;
using Yinxin.Identity.Server.Features.Raising;
using Yinxin.Identity.Server.Features.Raising.Ways;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.Identity.Server.Features.SecondFactors;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Handover;

/// <summary>
/// The computer's side: shows code and number, and goes back to where the person was when the phone has answered, or has raised the level that was lacking. A small script
/// asks; without it a button does.
/// </summary>
[Authorize]
internal sealed class ShowHandoverModel(
    Handovers handovers, SessionStore sessions, StepUpSubject subjects, AttemptBudget budget, AuthorizationTransactions transactions, IOptions<AddressSettings> addresses) : PageModel
{
    private const int PerSessionAndHour = 30;

    private static readonly Problem TooMany = new("identity.handover.tooMany", 429, "二维码刷新过于频繁，请稍后再试，或换一种方式。", "Too many codes were shown; please wait a while, or choose another way.");
    private static readonly Problem NotYet = new("identity.handover.notConfirmed", 422, "手机上还没有完成。", "The phone has not finished yet.");
    private static readonly Problem NotRaised = new("identity.handover.notRaised", 422, "认证等级尚未提升，请先在手机上完成。", "The level has not been raised yet; please finish on the phone first.");

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    /// <summary>A level is to be raised on the phone, and this session stays what it is; else the phone strengthens it.</summary>
    [BindProperty(SupportsGet = true)]
    public bool Raise { get; set; }

    /// <summary>Whose level that is, if the person represents it; empty: whoever holds the session down.</summary>
    [BindProperty(SupportsGet = true)]
    public Guid? Organisation { get; set; }

    /// <summary>What is asked for: <c>primary</c> or <c>intermediate</c>.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Level { get; set; }

    /// <summary>Key of the code that the page shows; worthless without this session.</summary>
    [BindProperty]
    public Guid Handover { get; set; }

    public string Target => LocalUrl.OrHome(ReturnUrl);

    /// <summary>This page with a new code.</summary>
    public string Renewal => $"/account/step-up/phone?ReturnUrl={Uri.EscapeDataString(Target)}{Asked}{Raising}";

    /// <summary>What the page's script asks.</summary>
    public string State => $"/account/step-up/phone?handler=State&id={Handover}{Asked}{Raising}";

    /// <summary>What the form sends.</summary>
    public IReadOnlyList<(string Name, string? Value)> Fields => Raise
        ? [(nameof(ReturnUrl), ReturnUrl), (nameof(Handover), Handover.ToString()), (nameof(Raise), "true"), (nameof(Organisation), Organisation?.ToString() ?? ""), (nameof(Level), Level ?? "")]
        : [(nameof(ReturnUrl), ReturnUrl), (nameof(Handover), Handover.ToString())];

    /// <summary>The page that offers the ways on this computer.</summary>
    public string OtherWays => $"/account/step-up?ReturnUrl={Uri.EscapeDataString(Target)}{Asked}";

    public string? Picture { get; private set; }

    public int Number { get; private set; }

    /// <summary>For people, where an organisation is to be raised.</summary>
    public string? OrganisationName { get; private set; }

    private AssuranceLevel Wanted => StepUpModel.Wanted(Level);

    private string Asked => (Organisation is { } id ? $"&Organisation={id}" : "") + (Wanted == AssuranceLevel.Primary ? "&Level=primary" : "");

    private string Raising => Raise ? "&Raise=true" : "";

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        var subject = await SubjectAsync(cancellationToken);

        // The page renews itself while the phone is at it: by then the level may be there.
        if (Raise && subject.IsRaised(Organisation ?? subject.OrganisationId, Wanted))
        {
            return Redirect(Target);
        }

        await ShowAsync(subject, cancellationToken);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var session = User.SessionId()!.Value;
        if (Raise && await IsRaisedAsync(cancellationToken))
        {
            // The code is spent, and what the phone's sign-in showed stays with the phone: this session has shown no more than before.
            await handovers.TakeAsync(Handover, session, cancellationToken, HandoverKind.Raise);
            return Redirect(Target);
        }

        if (!Raise && await handovers.TakeAsync(Handover, session, cancellationToken) is { } done && done.AccountId == User.AccountId())
        {
            await sessions.StrengthenAsync(HttpContext, session, done.Methods, cancellationToken, done.ProvedAt);
            return Redirect(Target);
        }

        var problem = Raise ? NotRaised : NotYet;
        ModelState.AddModelError("", problem.Text);
        Response.StatusCode = problem.Status;
        await ShowAsync(await SubjectAsync(cancellationToken), cancellationToken);
        return Page();
    }

    /// <summary>For the page's script; tells this session of its own code and nobody else anything.</summary>
    public async Task<IActionResult> OnGetStateAsync(Guid id, CancellationToken cancellationToken)
    {
        Response.Headers.CacheControl = "no-store";
        var state = await handovers.StateAsync(id, User.SessionId()!.Value, cancellationToken, Raise ? HandoverKind.Raise : HandoverKind.Strengthen);
        if (Raise && state is QrSignInState.Waiting or QrSignInState.Confirmed)
        {
            // The right number begins the raising; the level ends it.
            state = await IsRaisedAsync(cancellationToken) ? QrSignInState.Confirmed : QrSignInState.Waiting;
        }

        return new JsonResult(new { state = state?.ToString() ?? "None" });
    }

    /// <summary>Asked by a page that was shown: it names the organisation, and none means the person.</summary>
    private async Task<bool> IsRaisedAsync(CancellationToken cancellationToken) => (await SubjectAsync(cancellationToken)).IsRaised(Organisation, Wanted);

    private async Task<StepUpSubject.Subject> SubjectAsync(CancellationToken cancellationToken) =>
        await subjects.OfAsync(User.SessionId()!.Value, Raise ? Organisation : null, forService: false, Wanted, cancellationToken, touches: false)
        ?? throw new InvalidOperationException("The session ended during the request.");

    private async Task ShowAsync(StepUpSubject.Subject subject, CancellationToken cancellationToken)
    {
        var session = User.SessionId()!.Value;
        if (!budget.TryTake("handover:" + session, PerSessionAndHour))
        {
            throw TooMany.Exception();
        }

        // Of an organisation that another represents nothing is said: it is about the person then, as on the page of the ways. A phone that strengthens offers to raise too.
        var organisation = subject.AccountTooLow ? subject.OrganisationId : null;
        Organisation = Raise ? organisation : null;
        OrganisationName = Organisation is null ? null : subject.OrganisationName;
        var (row, code) = await handovers.ShowAsync(
            HttpContext, session, User.AccountId()!.Value, transactions.ClientOf(ReturnUrl), cancellationToken, Raise ? HandoverKind.Raise : HandoverKind.Strengthen, organisation);
        ModelState.Remove(nameof(Handover));
        (Handover, Number) = (row.Id, row.Number);
        Picture = AuthenticatorApps.Picture($"{AddressSettings.Text(addresses.Value.Identity)}/step-up?{(Wanted == AssuranceLevel.Primary ? "level=primary&" : "")}code={code}");
    }
}
