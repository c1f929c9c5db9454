using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Yinxin.Sandbox.Features.Alipay;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.Web.Components;

namespace Yinxin.Sandbox.Pages.Alipay;

/// <summary>The provider's consent page. Back to the app by a link: browsers hold a form to <c>form-action</c> along its redirects.</summary>
internal sealed class AuthorizeModel(Registers.Registers registers, AlipayConsents consents, IOptions<AddressSettings> addresses, ITexts texts) : PageModel
{
    [BindProperty(SupportsGet = true, Name = "redirect_uri")]
    public string? RedirectUriOfRequest { get; set; }

    [BindProperty(SupportsGet = true, Name = "state")]
    public string? StateOfRequest { get; set; }

    [BindProperty]
    public string? RedirectUri { get; set; }

    [BindProperty]
    public string? State { get; set; }

    [BindProperty]
    public string? Account { get; set; }

    public string? ReturnTo { get; private set; }

    public bool Declined { get; private set; }

    public IActionResult OnGet()
    {
        (RedirectUri, State) = (RedirectUriOfRequest, StateOfRequest);
        return Features.Alipay.Alipay.MayReturnTo(RedirectUri, addresses) && State is { Length: > 0 and <= 500 } ? Page() : BadRequest();
    }

    public IActionResult OnPost(string? answer)
    {
        if (!Features.Alipay.Alipay.MayReturnTo(RedirectUri, addresses) || State is not { Length: > 0 and <= 500 })
        {
            return BadRequest();
        }

        if (answer == "decline")
        {
            Declined = true;
            ReturnTo = QueryHelpers.AddQueryString(RedirectUri!, new Dictionary<string, string?> { ["error"] = "access_denied", ["state"] = State });
            return Page();
        }

        if (registers.Persons.FirstOrDefault(p => p.Phone == Account?.Trim()) is not { } person)
        {
            ModelState.AddModelError(nameof(Account), texts.Of("没有这个样例账号", "There is no such sample account"));
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }

        ReturnTo = QueryHelpers.AddQueryString(RedirectUri!, new Dictionary<string, string?> { ["auth_code"] = consents.Agree(person.IdNumber), ["state"] = State });
        return Page();
    }
}
