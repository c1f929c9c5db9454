using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Organisations;

[Authorize]
internal sealed class RegisterOrganisationModel(OrganisationRegistration registration, ITexts texts) : PageModel
{
    /// <summary>Where somebody was when the register's word about an organisation turned out to be missing.</summary>
    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    [BindProperty]
    public string? Uscc { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    /// <summary>On licences from before 2015; newer ones bear the credit code alone.</summary>
    [BindProperty]
    public string? RegistrationNumber { get; set; }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!UnifiedSocialCreditCode.TryParse(Uscc, out var code))
        {
            ModelState.AddModelError(nameof(Uscc), texts.Of("统一社会信用代码不正确，请核对 18 位代码", "This is not a valid credit code; please check all 18 characters"));
        }

        if (Name?.Trim() is not { Length: > 0 and <= 100 } name)
        {
            ModelState.AddModelError(nameof(Name), texts.Of("请填写组织名称", "Please write the name"));
            return Refuse(StatusCodes.Status422UnprocessableEntity);
        }

        var number = string.IsNullOrWhiteSpace(RegistrationNumber) ? null : TypedText.Normalise(RegistrationNumber.Trim());
        if (number is not null && (number.Length != 15 || !number.All(char.IsAsciiDigit)))
        {
            ModelState.AddModelError(nameof(RegistrationNumber), texts.Of("登记注册号是 15 位数字，没有可留空", "A registration number has 15 digits; leave it empty when there is none"));
        }

        if (!ModelState.IsValid)
        {
            return Refuse(StatusCodes.Status422UnprocessableEntity);
        }

        try
        {
            await registration.RegisterAsync(User.AccountId()!.Value, code!, name, number, cancellationToken);
        }
        catch (ProblemException e)
        {
            ModelState.AddModelError(nameof(Uscc), e.Problem.Text);
            return Refuse(e.Problem.Status);
        }

        return LocalRedirect(LocalUrl.IsLocal(ReturnUrl) ? ReturnUrl! : "/account/organisations");
    }

    private PageResult Refuse(int status)
    {
        Response.StatusCode = status;
        return Page();
    }
}
