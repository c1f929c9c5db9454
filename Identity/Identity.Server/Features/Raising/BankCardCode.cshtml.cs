using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.Identity.Server.Features.Strengthening;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Raising;

/// <summary>The code on the phone that the bank knows; only then is the card network asked. What it answers after that can be asked for again without another code.</summary>
[Authorize]
internal sealed class BankCardCodeModel(
    IdentityContext database, BankCardCheck check, BankCardCodes codes, BankCardDrafts drafts, StrengtheningWays strengthening, SessionStore sessions) : RaisingPage(database, sessions)
{
    [BindProperty]
    public string? Code { get; set; }

    public BankCardDraft Draft { get; private set; } = null!;

    public string Masked => Masking.Phone(MobileNumber.National(Draft.Phone));

    /// <summary>The form, where card and number can be changed.</summary>
    public string Again => $"{BankCardModel.Path}?ReturnUrl={Uri.EscapeDataString(LocalUrl.OrHome(ReturnUrl))}";

    /// <summary>This page, with the way back.</summary>
    public static string Address(string? returnUrl) => $"{BankCardModel.Path}/code?ReturnUrl={Uri.EscapeDataString(LocalUrl.OrHome(returnUrl))}";

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        await PersonAsync(cancellationToken);
        return await ReadAsync(cancellationToken) ?? Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var person = await PersonAsync(cancellationToken);
        if (await ReadAsync(cancellationToken) is { } elsewhere)
        {
            return elsewhere;
        }

        try
        {
            if (!Draft.Proved)
            {
                await codes.VerifyAsync(HttpContext, person.Id, Draft, Code, cancellationToken);
                Draft = Draft with { Proved = true, EndsAt = drafts.End };
            }

            await check.RaiseAsync(person, Draft.CardNumber, Draft.Phone, cancellationToken);
        }
        catch (ProblemException e)
        {
            if (Draft.Proved)
            {
                // The code is spent, and what it proved stays true while the form is open.
                drafts.Write(HttpContext, Draft);
            }

            return Refuse(e.Problem);
        }

        drafts.Clear(HttpContext);
        return await RaisedAsync(ReturnUrl, cancellationToken);
    }

    /// <summary>Another code; the former one is worth nothing any more.</summary>
    public async Task<IActionResult> OnPostSendAsync(CancellationToken cancellationToken)
    {
        var person = await PersonAsync(cancellationToken);
        if (await ReadAsync(cancellationToken) is { } elsewhere)
        {
            return elsewhere;
        }

        if (Draft.Proved)
        {
            return LocalRedirect(Address(ReturnUrl));
        }

        try
        {
            await codes.SendAsync(HttpContext, person.Id, Draft, cancellationToken);
        }
        catch (ProblemException e)
        {
            return Refuse(e.Problem);
        }

        drafts.Write(HttpContext, Draft with { EndsAt = drafts.End });
        return LocalRedirect(Address(ReturnUrl));
    }

    /// <returns>Where to go instead: to show more first, or back to the form where there is no draft of this session.</returns>
    private async Task<IActionResult?> ReadAsync(CancellationToken cancellationToken)
    {
        if (await StrengthenFirstAsync(strengthening, cancellationToken) is { } first)
        {
            return first;
        }

        if (drafts.Read(HttpContext, User.SessionId()!.Value) is not { } draft)
        {
            return LocalRedirect(Again);
        }

        Draft = draft;
        return null;
    }

    /// <summary>The page again; a code that was typed does not come back.</summary>
    private Microsoft.AspNetCore.Mvc.RazorPages.PageResult Refuse(Problem problem)
    {
        ModelState.SetModelValue(nameof(Code), null, null);
        return Refuse(Draft.Proved ? "" : nameof(Code), problem);
    }
}
