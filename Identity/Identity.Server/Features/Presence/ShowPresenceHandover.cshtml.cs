using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Handover;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.Identity.Server.Features.SecondFactors;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Presence;

/// <summary>The computer's side: shows code, number and what is confirmed, and goes on with the request when the phone has proven it. A small script asks; without it a button does.</summary>
[Authorize]
internal sealed class ShowPresenceHandoverModel(
    IdentityContext database,
    SessionStore sessions,
    Handovers handovers,
    PresenceByPhone phones,
    AskedPresences requests,
    PresenceProofs proofs,
    PresenceCeremony ceremony,
    AttemptBudget budget,
    IOptions<AddressSettings> addresses) : PresencePage(database, sessions)
{
    private const int PerSessionAndHour = 30;

    private static readonly Problem TooMany = new("presence.tooManyCodes", 429, "二维码刷新过于频繁，请稍后再试，或在本机完成核验。", "Too many codes were shown; please wait a while, or do the check on this device.");
    private static readonly Problem NotYet = new("presence.phoneNotDone", 422, "手机上还没有完成核验。", "The check on the phone is not finished yet.");
    private static readonly Problem Refused = new("presence.phoneRefused", 422, "手机上已拒绝，没有确认任何内容。", "Refused on the phone; nothing was confirmed.");

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    /// <summary>Key of the code that the page shows; worthless without this session.</summary>
    [BindProperty]
    public Guid Handover { get; set; }

    public AskedPresence Asked { get; private set; } = null!;

    public string Picture { get; private set; } = "";

    public int Number { get; private set; }

    /// <summary>The page where it can be done on this device, or declined.</summary>
    public string Back => $"{PresencePaths.Confirm}?ReturnUrl={Uri.EscapeDataString(Asked.Address)}";

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        var (session, person) = await CurrentAsync(cancellationToken, touches: Request.Query["renewal"] != "script");
        return await GoOnAsync(session, person, cancellationToken) ?? await ShowAsync(session, cancellationToken);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var (session, person) = await CurrentAsync(cancellationToken);
        if (await GoOnAsync(session, person, cancellationToken) is { } onwards)
        {
            return onwards;
        }

        var problem = (await phones.ShownAsync(Handover, session.Id, cancellationToken))?.State == QrSignInState.Refused ? Refused : NotYet;
        ModelState.AddModelError("", problem.Text);
        Response.StatusCode = problem.Status;
        return await ShowAsync(session, cancellationToken);
    }

    /// <summary>For the page's script; tells this session of its own code and nobody else anything.</summary>
    public async Task<IActionResult> OnGetStateAsync(Guid id, CancellationToken cancellationToken)
    {
        Response.Headers.CacheControl = "no-store";
        var (session, _) = await CurrentAsync(cancellationToken, touches: false);
        return new JsonResult(new { state = await StateAsync(await phones.ShownAsync(id, session.Id, cancellationToken), session, cancellationToken) });
    }

    /// <summary>To the script <c>Confirmed</c> means: go on. Whichever code led to it, one shown earlier too, it is the proof that counts, or that nothing is left to try.</summary>
    private async Task<string> StateAsync(StepUpHandover? row, Session session, CancellationToken cancellationToken)
    {
        if (row is null)
        {
            return "None";
        }

        return requests.Of(row.Request) is { } asked && (await proofs.IsProvenAsync(asked.Id, session, cancellationToken) ||
            await ceremony.FailuresAsync(session.AccountId, asked.ClientId, asked.Detail, cancellationToken) >= PresenceCeremony.Tries) ? nameof(QrSignInState.Confirmed)
            : row.State == QrSignInState.Refused ? nameof(QrSignInState.Refused)
            : nameof(QrSignInState.Waiting);
    }

    /// <returns>Null while the phone has something to do.</returns>
    private async Task<IActionResult?> GoOnAsync(Session session, Person person, CancellationToken cancellationToken)
    {
        Asked = requests.Of(ReturnUrl) ?? throw NoRequest.Exception();
        if (await proofs.IsProvenAsync(Asked.Id, session, cancellationToken))
        {
            return Redirect(Asked.Address);
        }

        // The page there says what remains.
        return await ceremony.FailuresAsync(person.Id, Asked.ClientId, Asked.Detail, cancellationToken) >= PresenceCeremony.Tries ? Redirect(Back) : null;
    }

    private async Task<IActionResult> ShowAsync(Session session, CancellationToken cancellationToken)
    {
        if (!budget.TryTake("handover:" + session.Id, PerSessionAndHour))
        {
            throw TooMany.Exception();
        }

        var (row, code) = await handovers.ShowAsync(
            HttpContext, session.Id, session.AccountId, Asked.ClientId, cancellationToken, HandoverKind.Presence, session.ActingForId, session.ActingMandateId, Asked.Address);
        ModelState.Remove(nameof(Handover));
        (Handover, Number) = (row.Id, row.Number);
        Picture = AuthenticatorApps.Picture($"{AddressSettings.Text(addresses.Value.Identity)}{PresencePaths.Phone}?code={code}");
        return Page();
    }
}
