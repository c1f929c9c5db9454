using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.History;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Raising;

/// <summary>
/// Codes to the phone of a bank card that is not the account's own proved one: whoever only knows a card and the number that the bank knows gets no further. Behind the brake too, for one may have
/// a new code sent again and again.
/// </summary>
internal sealed class BankCardCodes(PersonalData personal, PhoneCodes codes, AttemptBrake brake, SignInHistory history)
{
    public const string Purpose = "bank-card";

    private static readonly Problem TooMany = new(
        "identity.bankCard.tooManyMessages", 429, "验证码发送过于频繁，请稍后再试，或换一种方式。", "Too many codes were asked for; please try again later, or choose another way.");

    private static readonly Problem Wrong = new("identity.bankCard.codeRefused", 422, "验证码不正确或已失效。", "The code is not right or no longer valid.");

    private static readonly Problem MustWait = new(
        "identity.bankCard.mustWait", 422, "错误次数过多，请稍后再试，或换一种方式。", "Too many wrong codes. Please try again later, or choose another way.");

    /// <exception cref="ProblemException">Phone, account, address or all together have had too many, or the carrier cannot be reached.</exception>
    public async Task SendAsync(HttpContext context, Guid account, BankCardDraft draft, CancellationToken cancellationToken)
    {
        if (!await codes.SendAsync(draft.Id, draft.Phone, account.ToString(), Purpose, context.Connection.RemoteIpAddress, cancellationToken))
        {
            throw TooMany.Exception();
        }
    }

    /// <exception cref="ProblemException">It is not the code that was sent for this draft, or not any more.</exception>
    public async Task VerifyAsync(HttpContext context, Guid account, BankCardDraft draft, string? typed, CancellationToken cancellationToken)
    {
        var code = TypedText.Normalise((typed ?? "").Trim());
        var key = personal.Index(Purposes.SignInName, "bank-card-code:" + account);
        var known = await history.KnownDeviceAsync(context, account, cancellationToken) is not null;
        var outcome = await brake.TryAsync(key, context.Connection.RemoteIpAddress, IsRightAsync, cancellationToken, known: known);
        if (outcome != SignInOutcome.Accepted)
        {
            throw (outcome == SignInOutcome.MustWait ? MustWait : Wrong).Exception();
        }

        async Task<bool> IsRightAsync() => code.Length == 6 && await codes.VerifyAsync(draft.Id, draft.Phone, Purpose, code, cancellationToken) == PhoneCodeOutcome.Accepted;
    }
}
