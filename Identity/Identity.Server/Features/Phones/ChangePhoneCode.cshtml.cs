using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.History;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.Identity.Server.Features.SourceChanges;
using Yinxin.Identity.Server.Features.Strengthening;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Phones;

/// <summary>Change of phone, second half: the codes. Only its proved holder learns that a number belongs to another account.</summary>
[Authorize]
internal sealed class ChangePhoneCodeModel(
    IdentityContext database, PersonalData personal, PhoneCodes codes, PhoneChanges changes, PhoneMoves moves, PhoneOwnerStep owners, AttemptBrake brake, SignInHistory history,
    SessionStore sessions, StrengtheningWays strengthening) : PageModel
{
    private static readonly Problem Wrong = new("identity.phone.codeRefused", 422, "验证码不正确或已失效。", "A code is not right or no longer valid.");
    private static readonly Problem MustWait = new("identity.phone.mustWait", 422, "错误次数过多，请稍后再试。", "Too many wrong codes. Please try again later.");
    private static readonly Problem Taken = new(
        "identity.phone.taken", 422,
        "此手机号正由另一账号使用。如号码确属您本人，请持身份证到政务服务大厅办理。",
        "Another account is using this number. If it is yours, please bring your ID card to a service hall.");

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    [BindProperty]
    public string? NewCode { get; set; }

    [BindProperty]
    public string? FormerCode { get; set; }

    public PhoneChange Change { get; private set; } = null!;

    public string Masked => Masking.Phone(MobileNumber.National(Change.Phone));

    /// <summary>The first half again.</summary>
    public string Again => ChangePhoneModel.WithReturn("/account/phone", ReturnUrl);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) => await ReadAsync(cancellationToken) ? Page() : LocalRedirect(Again);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!await ReadAsync(cancellationToken))
        {
            return LocalRedirect(Again);
        }

        var person = await database.Persons.FirstAsync(p => p.Id == Change.AccountId, cancellationToken);
        // A passkey may have come to the account, or its number gone, since the first half.
        var session = await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken);
        if (await ChangePhoneModel.BeforeBindingAsync(person, session, strengthening, ReturnUrl, cancellationToken) is { } first)
        {
            return LocalRedirect(first);
        }

        // Nor does a change that was begun with more than this session shows, or before the account had a number, go without the former phone.
        if (person.HasPhone && !Change.NeedsFormer && session?.HasFactorBesidePhone != true && !moves.IsOwn(person, Change.Phone))
        {
            return LocalRedirect(Again);
        }

        var key = personal.Index(Purposes.SignInName, "phone-change:" + person.Id);
        var known = await history.KnownDeviceAsync(HttpContext, person.Id, cancellationToken) is not null;
        var outcome = await brake.TryAsync(key, HttpContext.Connection.RemoteIpAddress, () => AreRightAsync(person, cancellationToken), cancellationToken, known: known);
        if (outcome != SignInOutcome.Accepted)
        {
            return Refuse(outcome == SignInOutcome.MustWait ? MustWait : Wrong);
        }

        // Before the question: what is reported while it is answered is newer than the answer.
        var idNumber = personal.Unprotect(Purposes.IdNumber, person.IdNumberCipher);
        var news = await SourceNews.CountAsync(database, personal, [idNumber], cancellationToken);
        string? owner;
        try
        {
            owner = await owners.AskAsync(person.Id, person.Id, Change.Phone, person.Name, idNumber, cancellationToken);
        }
        catch (ProblemException e)
        {
            return Refuse(PhoneOwnerStep.AfterCode(e.Problem));
        }

        if (await MoveAsync(person, owner, idNumber, news, cancellationToken) is { } refusal)
        {
            return Refuse(refusal);
        }

        changes.Clear(HttpContext);
        await sessions.RaiseAsync(HttpContext, User.SessionId()!.Value, cancellationToken);
        return LocalRedirect(LocalUrl.IsLocal(ReturnUrl) ? ReturnUrl! : "/account?done=phone");
    }

    /// <summary>Whatever was begun with the former phone is worth nothing any more: other sessions, half a sign-in, half a recovery. Not where the number stays.</summary>
    /// <returns>Why nothing was changed; null: it was.</returns>
    private async Task<Problem?> MoveAsync(Person person, string? owner, string idNumber, int news, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        // Whatever secured the account while the carrier was asked has ended this session; and its phone may be another by now.
        var session = User.SessionId()!.Value;
        if (!await database.Sessions.AnyAsync(s => s.Id == session && s.EndedAt == null, cancellationToken))
        {
            return Wrong;
        }

        await database.Entry(person).ReloadAsync(cancellationToken);
        if (owner is not null && (await owners.IsTakenBackAsync(owner, cancellationToken) || await SourceNews.CountAsync(database, personal, [idNumber], cancellationToken) != news))
        {
            return PhoneOwnerStep.AfterCode(PhoneOwners.Unavailable);
        }

        var stays = moves.IsOwn(person, Change.Phone);
        if (!await moves.MoveAsync(person, Change.Phone, owner, PhoneMoves.Owner, cancellationToken))
        {
            return Taken;
        }

        await database.SaveChangesAsync(cancellationToken);
        if (!stays)
        {
            var stamp = Guid.NewGuid().ToString();
            await database.Users.Where(a => a.Id == person.Id).ExecuteUpdateAsync(a => a.SetProperty(x => x.SecurityStamp, stamp), cancellationToken);
            await sessions.EndAllAsync(person.Id, EndReasons.PhoneChanged, except: User.SessionId(), cancellationToken);
        }

        await transaction.CommitAsync(CancellationToken.None);
        return null;
    }

    private async Task<bool> AreRightAsync(Person person, CancellationToken cancellationToken) =>
        (!Change.NeedsFormer || await IsRightAsync(personal.Unprotect(Purposes.Phone, person.PhoneCipher), PhoneChanges.FormerPurpose, FormerCode, cancellationToken)) &&
        await IsRightAsync(Change.Phone, PhoneChanges.NewPurpose, NewCode, cancellationToken);

    private async Task<bool> IsRightAsync(string phone, string purpose, string? typed, CancellationToken cancellationToken)
    {
        var code = TypedText.Normalise((typed ?? "").Trim());
        return code.Length == 6 && await codes.VerifyAsync(Change.FormId, phone, purpose, code, cancellationToken) == PhoneCodeOutcome.Accepted;
    }

    private async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (!await sessions.IsRecentAsync(User, ChangePhoneModel.Recent + ChangePhoneModel.Recent, cancellationToken) || changes.Read(HttpContext, User.AccountId()!.Value) is not { } change)
        {
            return false;
        }

        Change = change;
        return true;
    }

    private PageResult Refuse(Problem problem)
    {
        ModelState.AddModelError(nameof(NewCode), problem.Text);
        ModelState.SetModelValue(nameof(NewCode), null, null);
        ModelState.SetModelValue(nameof(FormerCode), null, null);
        Response.StatusCode = problem.Status;
        return Page();
    }
}
