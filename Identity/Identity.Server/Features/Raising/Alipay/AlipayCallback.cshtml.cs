using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Raising.Alipay;

/// <summary>Where the provider sends the person back: the state must be of this very session and unused, then the code is redeemed once.</summary>
[Authorize]
internal sealed class AlipayCallbackModel(IdentityContext database, PersonalData personal, AlipayProvider provider, OutsideSteps steps, SourceEvidence sources, SessionStore sessions, TimeProvider time) : RaisingPage(database, sessions)
{
    private const int LongestCode = 200;

    internal static readonly Problem BadState = new(
        "identity.alipay.state", 422, "本次核验已失效，或不是在此浏览器中发起的。请重新开始。", "This check has lapsed, or was not begun in this browser. Please begin again.");

    private static readonly Problem Declined = new("identity.alipay.declined", 422, "您没有同意核对。", "You did not agree.");

    private static readonly Problem Mismatch = new(
        "identity.alipay.mismatch", 422, "该支付宝账户的实名信息与您的账号不一致，请使用本人的支付宝账户。", "The real name of that Alipay account is not yours; please use your own.");

    public async Task<IActionResult> OnGetAsync([FromQuery(Name = "auth_code")] string? code, string? state, string? error, CancellationToken cancellationToken)
    {
        // Where to go on is what was stored with the state; an address in this request is anybody's.
        ReturnUrl = null;
        var person = await PersonAsync(cancellationToken);
        if (await steps.TakeAsync(state, EvidenceKinds.AlipayAccount, User.SessionId()!.Value, cancellationToken) is not { } step || step.SubjectId != person.Id)
        {
            return Refuse("", BadState);
        }

        ReturnUrl = step.ReturnUrl;
        if (error is not null || code is not { Length: > 0 and <= LongestCode })
        {
            return Refuse("", Declined);
        }

        try
        {
            var known = await sources.BeginAsync(person, organisation: null, cancellationToken);
            var answer = await provider.CheckAsync(code, person.Name, personal.Unprotect(Purposes.IdNumber, person.IdNumberCipher), cancellationToken);
            await sources.RecordAsync(
                person.Id, person.Id, "person.alipay",
                new(EvidenceKinds.AlipayAccount, AlipayProvider.Self.Issuer, "consent-and-real-name", ["name", "idNumber"], time.GetUtcNow().AddYears(1)), answer, Mismatch, known,
                cancellationToken);
        }
        catch (ProblemException e)
        {
            return Refuse("", e.Problem);
        }

        return await RaisedAsync(ReturnUrl, cancellationToken);
    }
}
