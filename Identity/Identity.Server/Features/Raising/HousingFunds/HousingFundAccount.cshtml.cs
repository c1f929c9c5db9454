using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.Strengthening;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Raising.HousingFunds;

/// <summary>Raises a person to Intermediate by their own account at the housing provident fund, in a session that shows two factors: others may know the number.</summary>
[Authorize]
internal sealed class HousingFundAccountModel(
    IdentityContext database, PersonalData personal, HousingFund fund, SourceEvidence sources, AttemptBudget budget, StrengtheningWays strengthening, SessionStore sessions, ITexts texts,
    TimeProvider time) : RaisingPage(database, sessions)
{
    private const int PerPersonAndHour = 5;

    private static readonly Problem Mismatch = new(
        "identity.housingFund.mismatch", 422, "公积金账户与您的身份不一致，请核对账号。", "The account does not agree with your identity; please compare the number.");

    private static readonly Problem TooMany = new(
        "identity.housingFund.tooMany", 429, "核验次数过多，请一小时后再试，或换一种方式。", "Too many checks. Please try again in an hour, or choose another way.");

    [BindProperty]
    public string? Account { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        await PersonAsync(cancellationToken);
        return await StrengthenFirstAsync(strengthening, cancellationToken) ?? Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var person = await PersonAsync(cancellationToken);
        if (await StrengthenFirstAsync(strengthening, cancellationToken) is { } first)
        {
            return first;
        }

        var account = new string([.. TypedText.Normalise(Account ?? "").Where(c => c is not (' ' or '-'))]);
        if (account.Length != 12 || !account.All(char.IsAsciiDigit))
        {
            ModelState.AddModelError(nameof(Account), texts.Of("请填写 12 位公积金账号", "Please write the account number of 12 digits"));
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
        if (!budget.TryTake("housing-fund:" + person.Id, PerPersonAndHour))
        {
            throw TooMany.Exception();
        }

        var known = await sources.BeginAsync(person, organisation: null, cancellationToken);
        var answer = await fund.CheckAsync(account, person.Name, personal.Unprotect(Purposes.IdNumber, person.IdNumberCipher), cancellationToken);
        await sources.RecordAsync(
            person.Id, person.Id, "person.housingFund",
            new(EvidenceKinds.HousingFundAccount, HousingFund.Self.Issuer, "account-and-identity", ["account", "name", "idNumber"], time.GetUtcNow().AddYears(1)),
            answer, Mismatch, known, cancellationToken);
    }
}
