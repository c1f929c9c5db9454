using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Raising;

/// <summary>Brings an account without a match up to Primary: the four particulars against the population library, for the person signed in.</summary>
[Authorize]
internal sealed class PopulationMatchModel(IdentityContext database, PopulationConfirmation confirmation, SessionStore sessions, ITexts texts, TimeProvider time) : RaisingPage(database, sessions)
{
    private const int LongestName = 50;

    [BindProperty]
    public string? IdNumber { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Sex { get; set; }

    [BindProperty]
    public string? Ethnicity { get; set; }

    public IEnumerable<KeyValuePair<string, string>> Sexes =>
        [new("", texts.Of("请选择", "Please choose")), new("1", texts.Of("男", "Male")), new("2", texts.Of("女", "Female"))];

    public IEnumerable<KeyValuePair<string, string>> Peoples =>
        Ethnicities.All.Select(e => new KeyValuePair<string, string>(e.Code, texts.Of(e.Chinese, $"{e.English} {e.Chinese}")));

    public Task OnGetAsync(CancellationToken cancellationToken) => PersonAsync(cancellationToken);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var person = await PersonAsync(cancellationToken);
        if (Read() is not { } told)
        {
            return Refuse(StatusCodes.Status422UnprocessableEntity);
        }

        try
        {
            await confirmation.ConfirmAsync(person, told, cancellationToken);
        }
        catch (ProblemException e)
        {
            return Refuse(nameof(IdNumber), e.Problem);
        }

        return await RaisedAsync(ReturnUrl, cancellationToken);
    }

    private PopulationConfirmation.Particulars? Read()
    {
        if (!IdentityNumber.TryParse(IdNumber, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), out var number))
        {
            ModelState.AddModelError(nameof(IdNumber), texts.Of("身份证号不正确，请核对 18 位号码", "This is not a valid ID number; please check all 18 characters"));
        }

        var name = Name?.Trim();
        if (name is not { Length: > 0 and <= LongestName } || name.Any(char.IsControl))
        {
            ModelState.AddModelError(nameof(Name), texts.Of("请填写姓名", "Please write your name"));
        }

        if (Sex is not ("1" or "2"))
        {
            ModelState.AddModelError(nameof(Sex), texts.Of("请选择性别", "Please choose"));
        }

        if (!Ethnicities.Knows(Ethnicity))
        {
            ModelState.AddModelError(nameof(Ethnicity), texts.Of("请选择民族", "Please choose"));
        }

        return ModelState.IsValid ? new PopulationConfirmation.Particulars(number!.Value, name!, Sex!, Ethnicity!) : null;
    }
}
