using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.History;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.Identity.Server.Features.SignIn;

namespace Yinxin.Identity.Server.Features.SecondFactors;

/// <summary>
/// Checks a second factor behind the same brake as a password, counted whatever the way: six guesses are six in all, in all browsers that the account does not know and in each that
/// it does. So whoever has the password keeps the second factor blocked only for the former, and guesses no more often for it.
/// </summary>
internal sealed class SecondFactorCheck(
    IdentityContext database, PersonalData personal, AttemptBrake brake, AuthenticatorApps apps, RecoveryCodes recovery, PhoneCodes phones, SecondFactorBrowsers browsers,
    SignInHistory history, INotices notices)
{
    public const string SmsPurpose = "second-factor";
    private const int LongestCode = 40;

    /// <param name="context">The request.</param>
    /// <param name="account">Whose factor.</param>
    /// <param name="formId">The form for which a text message was sent.</param>
    /// <param name="way">One of <see cref="SecondFactorWays"/>; one that the account does not have is refused like a wrong code.</param>
    /// <param name="typed">The code.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<SignInOutcome> TryAsync(HttpContext context, Guid account, Guid formId, string way, string? typed, CancellationToken cancellationToken)
    {
        var own = await OwnSecondFactors.OfAsync(database, account, cancellationToken);
        var code = TypedText.Normalise((typed ?? "").Trim()).Replace(" ", "", StringComparison.Ordinal);
        var device = await browsers.KnownAsync(context, account, cancellationToken);
        var tried = false;
        var outcome = await brake.TryAsync(
            SignInKeys.OfSecondFactor(personal, account, device), context.Connection.RemoteIpAddress, CheckAsync, cancellationToken, known: device is not null);
        if (tried && outcome == SignInOutcome.MustWait)
        {
            await history.WriteFailureAsync(context, account, SignInHistory.Blocked, SecondFactorWays.Methods(way), CancellationToken.None);
        }

        if (outcome == SignInOutcome.Accepted)
        {
            await browsers.ShownAsync(context, account, CancellationToken.None);
        }

        return outcome;

        async Task<bool> CheckAsync()
        {
            tried = true;
            if (code.Length is > 0 and <= LongestCode && own.Ways.Contains(way, StringComparer.Ordinal) && await IsRightAsync(own, account, formId, way, code, cancellationToken))
            {
                return true;
            }

            await history.WriteFailureAsync(context, account, SignInHistory.WrongCode, SecondFactorWays.Methods(way), CancellationToken.None);
            return false;
        }
    }

    private async Task<bool> IsRightAsync(OwnSecondFactors own, Guid account, Guid formId, string way, string code, CancellationToken cancellationToken)
    {
        switch (way)
        {
            case SecondFactorWays.App:
                return await apps.UseAsync(account, code, cancellationToken);
            case SecondFactorWays.Sms:
                return await phones.VerifyAsync(formId, personal.Unprotect(Purposes.Phone, own.PhoneCipher!), SmsPurpose, code, cancellationToken) == PhoneCodeOutcome.Accepted;
            default:
                if (!await recovery.UseAsync(account, code, cancellationToken))
                {
                    return false;
                }

                var left = (own.RecoveryCodesLeft - 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
                notices.Add(account, NoticeKinds.RecoveryCodeUsed, new Dictionary<string, string>(StringComparer.Ordinal) { ["left"] = left });
                await database.SaveChangesAsync(cancellationToken);
                return true;
        }
    }
}
