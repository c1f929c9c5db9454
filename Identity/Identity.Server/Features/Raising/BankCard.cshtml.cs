using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Raising;

/// <summary>Raises a person to Intermediate by a card of their own.</summary>
[Authorize]
internal sealed class BankCardModel(IdentityContext database, BankCardCheck check, SessionStore sessions, ITexts texts) : PageModel
{
    private static readonly Problem PersonsOnly = new("identity.raise.personsOnly", 403, "只有个人账号可以这样提升等级。", "Only a person's account can be raised this way.");

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    [BindProperty]
    public string? CardNumber { get; set; }

    [BindProperty]
    public string? Phone { get; set; }

    public string OwnPhone { get; private set; } = "";

    public Task OnGetAsync(CancellationToken cancellationToken) => PersonAsync(cancellationToken);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var person = await PersonAsync(cancellationToken);
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
            ModelState.AddModelError(nameof(CardNumber), e.Problem.Text);
            return Refuse(e.Problem.Status);
        }

        await sessions.RaiseAsync(HttpContext, User.SessionId()!.Value, [], cancellationToken);
        return Redirect(LocalUrl.OrHome(ReturnUrl));
    }

    private async Task<Person> PersonAsync(CancellationToken cancellationToken)
    {
        var id = User.AccountId();
        var person = await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, cancellationToken) ?? throw PersonsOnly.Exception();
        OwnPhone = person.PhoneMasked;
        return person;
    }

    private PageResult Refuse(int status)
    {
        Response.StatusCode = status;
        return Page();
    }
}
