using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Raising;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.Strengthening;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Organisations.Raising;

/// <summary>Raises an organisation to Intermediate by its account at the electronic tax office, in a session that shows two factors: others may know the account.</summary>
[Authorize]
internal sealed class TaxAccountModel(
    IdentityContext database, PersonalData personal, TaxAuthority authority, SourceEvidence sources, AttemptBudget budget, StrengtheningWays strengthening, SessionStore sessions, ITexts texts,
    TimeProvider time) : RepresentedPage(database, sessions)
{
    private const int PerOrganisationAndHour = 5;

    private static readonly Problem Mismatch = new(
        "identity.tax.mismatch", 422, "申报账户与该组织或法定代表人不一致，请核对。", "The account does not agree with the organisation or its representative; please compare.");

    private static readonly Problem TooMany = new(
        "identity.tax.tooMany", 429, "核验次数过多，请一小时后再试，或换一种方式。", "Too many checks. Please try again in an hour, or choose another way.");

    [BindProperty]
    public string? Account { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        await RepresentativeAsync(cancellationToken);
        return await StrengthenFirstAsync(strengthening, cancellationToken) ?? Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var person = await RepresentativeAsync(cancellationToken);
        if (await StrengthenFirstAsync(strengthening, cancellationToken) is { } first)
        {
            return first;
        }

        var account = TypedText.Normalise(Account ?? "").Trim();
        if (account.Length is 0 or > 40 || !account.All(char.IsAsciiLetterOrDigit))
        {
            ModelState.AddModelError(nameof(Account), texts.Of("请填写申报账户（字母和数字）", "Please write the filing account: letters and digits"));
            return Refuse(StatusCodes.Status422UnprocessableEntity);
        }

        try
        {
            await RaiseAsync(person, account, cancellationToken);
        }
        catch (ProblemException e)
        {
            return Refuse(nameof(Account), e.Problem);
        }

        return await RaisedAsync(ReturnUrl, cancellationToken);
    }

    private async Task RaiseAsync(Person person, string account, CancellationToken cancellationToken)
    {
        if (!budget.TryTake("tax:" + Represented.Id, PerOrganisationAndHour))
        {
            throw TooMany.Exception();
        }

        var known = await sources.BeginAsync(person, Represented, cancellationToken);
        var answer = await authority.CheckAsync(Represented.Uscc, Represented.Name, account, personal.Unprotect(Purposes.IdNumber, person.IdNumberCipher), cancellationToken);
        await sources.RecordAsync(
            Represented.Id, person.Id, "organisation.taxAccount",
            new(EvidenceKinds.TaxAccount, TaxAuthority.Self.Issuer, "account-and-representative", ["uscc", "name", "account", "legalRepresentative"], time.GetUtcNow().AddYears(1)),
            answer, Mismatch, known, cancellationToken);
    }
}
