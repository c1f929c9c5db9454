using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Raising;

/// <summary>Raises a person to Intermediate by a card of their own.</summary>
[Authorize]
internal sealed class BankCardModel(IdentityContext database, BankCardCheck check, SessionStore sessions, ITexts texts) : RaisingPage(database, sessions)
{
    [BindProperty]
    public string? CardNumber { get; set; }

    [BindProperty]
    public string? Phone { get; set; }

    public string OwnPhone { get; private set; } = "";

    public async Task OnGetAsync(CancellationToken cancellationToken) => OwnPhone = (await PersonAsync(cancellationToken)).PhoneMasked;

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var person = await PersonAsync(cancellationToken);
        OwnPhone = person.PhoneMasked;
        var card = BankCardNumber.Parse(CardNumber);
        var phone = string.IsNullOrWhiteSpace(Phone) ? null : MobileNumber.Parse(Phone);
        if (card is null)
        {
            ModelState.AddModelError(nameof(CardNumber), texts.Of("银行卡号不正确", "This is not a valid card number"));
        }

        if (phone is null && !string.IsNullOrWhiteSpace(Phone))
        {
            ModelState.AddModelError(nameof(Phone), texts.Of("请填写 11 位手机号", "Please write a mobile number of 11 digits"));
        }

        if (!ModelState.IsValid)
        {
            return Refuse(StatusCodes.Status422UnprocessableEntity);
        }

        try
        {
            await check.RaiseAsync(person, card!, phone, cancellationToken);
        }
        catch (ProblemException e)
        {
            return Refuse(nameof(CardNumber), e.Problem);
        }

        return await RaisedAsync(ReturnUrl, cancellationToken);
    }
}
