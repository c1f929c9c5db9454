using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Yinxin.Identity.Client.Forms;
using Yinxin.Identity.Client.Presence;
using Yinxin.Identity.Client.SignIn;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;
using Yinxin.Web.Desk;

namespace Yinxin.Web.Pages.Apply;

internal sealed class CheckModel(DeskApi desk, KeptForms forms, ITexts texts) : ApplyPage(desk)
{
    private const string ConfirmedParameter = "confirmed";

    /// <summary>Whether the person comes back from confirming in person; only words depend on it, Desk judges the proof.</summary>
    [BindProperty(SupportsGet = true, Name = ConfirmedParameter)]
    public bool Confirmed { get; set; }

    public async Task<IActionResult> OnGetAsync()
    {
        await LoadAsync();
        return Incomplete() is { } elsewhere ? elsewhere : Page();
    }

    public async Task<IActionResult> OnPostAsync(bool declaration)
    {
        await LoadAsync();
        if (Incomplete() is { } elsewhere)
        {
            return elsewhere;
        }

        if (!LevelReached)
        {
            return RaiseLevel($"{Start}/check");
        }

        if (!declaration)
        {
            ModelState.AddModelError("Declaration", texts.Of("请勾选承诺", "Tick the declaration"));
            return Mistakes();
        }

        try
        {
            // The key was saved before it is used: a second press of the button meets the same case.
            await SaveAsync();
            var submitted = await Desk.SubmitAsync(Code, Draft, HttpContext.RequestAborted);
            return Redirect($"/cases/{Uri.EscapeDataString(submitted.CaseNumber)}?submitted=1");
        }
        catch (ProblemException refused) when (refused.Problem.Code == PresenceGate.Code && refused.Extensions.TryGetValue(ApiCalls.AuthorizationDetails, out var asked))
        {
            // What was ticked waits under a key; the form and the files lie at Desk.
            var here = QueryHelpers.AddQueryString(Start + "/check", KeptForms.Parameter, await forms.KeepAsync(HttpContext) ?? "");
            return Challenge(SignInProperties.ForPresence(QueryHelpers.AddQueryString(here, ConfirmedParameter, "true"), (JsonElement)asked!, here), YinxinSignIn.ChallengeScheme);
        }
        catch (ProblemException refused) when (refused.Problem.Status == StatusCodes.Status422UnprocessableEntity)
        {
            ModelState.AddModelError("", refused.Problem.Text);
            return Mistakes();
        }
    }

    private RedirectResult? Incomplete() => Hindered || !FormIsComplete() ? Redirect(Start) : !MaterialsAreComplete() ? Redirect($"{Start}/materials") : null;
}
