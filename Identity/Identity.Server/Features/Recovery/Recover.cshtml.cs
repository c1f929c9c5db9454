using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Challenge;
using Yinxin.Identity.Server.Features.Freezing;
using Yinxin.Identity.Server.Features.History;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Recovery;

/// <summary>
/// Recovery, step 1: who it is, and what is lost. The answer is the same for an ID number with and without an account. Nobody is refused for what others tried: an address, or a browser that
/// the account knows, has checks of its own, and what all together may guess at one number is bounded by the answer no longer telling whether the particulars agree.
/// </summary>
internal sealed class RecoverModel(
    IdentityContext database, PersonalData personal, PopulationRegister population, AttemptBudget budget, Challenges challenges, SignInHistory history, RecoveryDrafts drafts, PhoneCodes codes,
    IAuditTrail audit, ITexts texts, TimeProvider time) : PageModel
{
    private const int PerAddressAndHour = 200;

    /// <summary>Checks of one ID number for each address, or browser that the account knows.</summary>
    private const int PerAskerAndHour = 10;

    /// <summary>Particulars of one ID number that disagreed and were told so, for all addresses together; from then on a wrong answer looks like a right one.</summary>
    private const int MismatchesToldPerHour = 10;

    [BindProperty]
    public string? IdNumber { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Sex { get; set; }

    [BindProperty]
    public string? Ethnicity { get; set; }

    /// <summary><c>password</c> or <c>phone</c>.</summary>
    [BindProperty]
    public string? Lost { get; set; }

    public IEnumerable<KeyValuePair<string, string>> Sexes =>
        [new("", texts.Of("请选择", "Please choose")), new("1", texts.Of("男", "Male")), new("2", texts.Of("女", "Female"))];

    public IEnumerable<KeyValuePair<string, string>> Peoples =>
        Ethnicities.All.Select(e => new KeyValuePair<string, string>(e.Code, texts.Of(e.Chinese, $"{e.English} {e.Chinese}")));

    public IEnumerable<KeyValuePair<string, string>> Losses =>
    [
        new("password", texts.Of("忘记密码，绑定的手机还在", "The password; my phone is at hand")),
        new("phone", texts.Of("绑定的手机号不能用了，有恢复码", "The phone number; I have a recovery code")),
    ];

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (Validate() is not { } number)
        {
            return Refuse(StatusCodes.Status422UnprocessableEntity);
        }

        if (await challenges.AskAsync(HttpContext, ChallengePurposes.Recovery, number.Value, cancellationToken) is { } needed)
        {
            ModelState.AddModelError("", needed.Text);
            return Refuse(needed.Status);
        }

        challenges.Count(HttpContext, ChallengePurposes.Recovery, number.Value);
        try
        {
            await CheckAsync(number.Value, cancellationToken);
        }
        catch (ProblemException e)
        {
            challenges.ShowNext(HttpContext, ChallengePurposes.Recovery, number.Value);
            ModelState.AddModelError(e.Problem == PopulationRegister.Unavailable || e.Problem == MessageFlood.Refused ? "" : nameof(IdNumber), e.Problem.Text);
            return Refuse(e.Problem.Status);
        }

        return LocalRedirect(Lost == "phone" ? "/recover/phone" : "/recover/code");
    }

    private async Task CheckAsync(string number, CancellationToken cancellationToken)
    {
        var indexes = personal.Indexes(Purposes.IdNumber, number);
        var found = await database.Persons.AsNoTracking().Where(p => indexes.Contains(p.IdNumberIndex))
            .Join(database.Users.Where(a => a.ClosedAt == null && (a.FrozenAt == null || a.FrozenReason == FreezeReasons.OwnWish)), p => p.Id, a => a.Id, (p, a) => new { Person = p, a.SecurityStamp })
            .FirstOrDefaultAsync(cancellationToken);
        var device = await history.KnownDeviceAsync(HttpContext, found?.Person.Id, cancellationToken);
        var subject = personal.PassingIndex(Purposes.IdNumber, number);
        if (Lost == "password")
        {
            // Here, where the answer does not depend on an account: the message itself is sent later. Before the budget: whoever waits out a flood uses up none of it.
            await codes.CheckFloodAsync(RecoveryMessages.PurposeFor(device is not null), cancellationToken);
        }

        TakeFromBudget(subject, device);
        var (answer, tells) = await AskAsync(subject, number, cancellationToken);
        var (nobody, untold) = (RecoveryDraft.NobodyFor(personal, number), !answer.Agrees && !tells);
        var account = found?.Person.Id ?? nobody;
        if (found is null)
        {
            // As the name of an account is opened.
            personal.AskInVain(nobody);
        }

        audit.Add(new AuditEntry("recovery.check", account.ToString(), ActorId: null, Details: new { answer.Receipt, Lost }, Result: answer.Agrees ? "ok" : IdentityStep.Mismatch.Code));

        // Who is no longer told that the particulars disagree goes on as somebody without an account does; and so does who gave what the library confirms and the account does not have, e.g. a new
        // name that no register has reported yet: said aloud it would tell that there is an account.
        var isOwn = found is not null && IsOf(found.Person);
        var (holder, stamp) = untold || found is null || !isOwn ? (nobody, nobody.ToString()) : (found.Person.Id, found.SecurityStamp);
        var draft = new RecoveryDraft(
            Guid.CreateVersion7(time.GetUtcNow()), holder, number, Name!.Trim(), answer.Receipt, TicketId: null, NewPhone: null, Lost == "phone", PhoneProven: false, stamp,
            device is null ? 0 : 1, Ethnicity);
        if ((answer.Agrees || untold) && Lost == "password")
        {
            // For nobody too: the handler finds no phone then.
            database.Add(RecoveryMessages.Create(draft.FormId, holder, HttpContext.Connection.RemoteIpAddress, device is not null, time.GetUtcNow()));
        }

        await database.SaveChangesAsync(cancellationToken);
        if (!answer.Agrees && !untold)
        {
            throw IdentityStep.Mismatch.Exception();
        }

        drafts.Write(HttpContext, draft);
    }

    /// <summary>Whether what was typed is what the account has: the library's word is about the former, the evidence about the latter.</summary>
    private bool IsOf(Person person) => OneName.Is(person.Name, Name!) && person.Sex == Sex && (person.Ethnicity.Length == 0 || person.Ethnicity == Ethnicity);

    /// <exception cref="ProblemException">This browser, or address, has asked too often.</exception>
    private void TakeFromBudget(string subject, string? device)
    {
        var address = HttpContext.Connection.RemoteIpAddress;
        if ((device is null && !budget.TryTake("recover-address:" + FailureWindow.Range(address), PerAddressAndHour)) || !budget.TryTake($"recover-number:{subject}:{RecoveryKeys.Asker(device, address)}", PerAskerAndHour))
        {
            throw IdentityStep.TooMany.Exception();
        }
    }

    /// <summary>Asks the population library. Each question counts as a guess before it is asked, so that of many at once each sees those before it, and no more once it was none.</summary>
    /// <returns>The answer, and whether a disagreement may be told.</returns>
    private async Task<(AuthorityAnswer Answer, bool Tells)> AskAsync(string subject, string number, CancellationToken cancellationToken)
    {
        var guesses = "recover-mismatch:" + subject;
        var tells = budget.TryTake(guesses, MismatchesToldPerHour);
        var disagreed = false;
        try
        {
            var answer = await population.CheckAsync(number, Name!.Trim(), Sex!, Ethnicity!, cancellationToken);
            disagreed = !answer.Agrees;
            return (answer, tells);
        }
        finally
        {
            if (!disagreed)
            {
                budget.GiveBack(guesses);
            }
        }
    }

    private IdentityNumber? Validate()
    {
        if (!IdentityNumber.TryParse(IdNumber, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), out var number))
        {
            ModelState.AddModelError(nameof(IdNumber), texts.Of("身份证号不正确，请核对 18 位号码", "This is not a valid ID number; please check all 18 characters"));
        }

        if (Name?.Trim() is not { Length: > 0 and <= 50 } name || name.Any(char.IsControl))
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

        if (Lost is not ("password" or "phone"))
        {
            ModelState.AddModelError(nameof(Lost), texts.Of("请选择遗失了什么", "Please choose what is lost"));
        }

        return ModelState.IsValid ? number : null;
    }

    private PageResult Refuse(int status)
    {
        Response.StatusCode = status;
        return Page();
    }
}
