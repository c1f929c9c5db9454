using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.Strengthening;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Raising;

/// <summary>
/// Raises a person to Intermediate by a card of their own, in a session that shows two factors. The bank's phone is the account's own, or a code goes to it before the card network is asked: card and
/// number of somebody else may be known to many, the phone is in one hand.
/// </summary>
[Authorize]
internal sealed class BankCardModel(
    IdentityContext database, BankCardCheck check, BankCardCodes codes, BankCardDrafts drafts, StrengtheningWays strengthening, SessionStore sessions, ITexts texts) : RaisingPage(database, sessions)
{
    public const string Path = "/account/raise/bank-card";

    [BindProperty]
    public string? CardNumber { get; set; }

    [BindProperty]
    public string? Phone { get; set; }

    /// <summary>Masked; null where the account has none.</summary>
    public string? OwnPhone { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        if (await StrengthenFirstAsync(strengthening, cancellationToken) is { } first)
        {
            return first;
        }

        if (Draft() is { } draft)
        {
            (CardNumber, Phone) = (draft.CardNumber, MobileNumber.National(draft.Phone));
        }

        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var person = await ReadAsync(cancellationToken);
        if (await StrengthenFirstAsync(strengthening, cancellationToken) is { } first)
        {
            return first;
        }

        var card = BankCardNumber.Parse(CardNumber);
        var phone = string.IsNullOrWhiteSpace(Phone) ? check.PhoneOf(person) : MobileNumber.Parse(Phone);
        if (card is null)
        {
            ModelState.AddModelError(nameof(CardNumber), texts.Of("银行卡号不正确", "This is not a valid card number"));
        }

        if (phone is null)
        {
            ModelState.AddModelError(nameof(Phone), texts.Of("请填写 11 位手机号", "Please write a mobile number of 11 digits"));
        }

        return ModelState.IsValid ? await GoOnAsync(person, card!, phone!, cancellationToken) : Refuse(StatusCodes.Status422UnprocessableEntity);
    }

    /// <summary>Asks the card network where the phone is known to be in hand, else the phone.</summary>
    private async Task<IActionResult> GoOnAsync(Person person, string card, string phone, CancellationToken cancellationToken)
    {
        var proved = await check.IsOwnAsync(person, phone, cancellationToken) || (Draft() is { Proved: true } former && former.Phone == phone);
        try
        {
            if (proved)
            {
                await check.RaiseAsync(person, card, phone, cancellationToken);
                drafts.Clear(HttpContext);
                return await RaisedAsync(ReturnUrl, cancellationToken);
            }

            var draft = new BankCardDraft(Guid.CreateVersion7(), User.SessionId()!.Value, card, phone, Proved: false, drafts.End);
            await codes.SendAsync(HttpContext, person.Id, draft, cancellationToken);
            drafts.Write(HttpContext, draft);
            return LocalRedirect(BankCardCodeModel.Address(ReturnUrl));
        }
        catch (ProblemException e)
        {
            return Refuse(proved ? nameof(CardNumber) : nameof(Phone), e.Problem);
        }
    }

    private BankCardDraft? Draft() => drafts.Read(HttpContext, User.SessionId()!.Value);

    private async Task<Person> ReadAsync(CancellationToken cancellationToken)
    {
        var person = await PersonAsync(cancellationToken);
        OwnPhone = person.HasPhone ? person.PhoneMasked : null;
        return person;
    }
}
