using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.SecondFactors;

/// <summary>How a second factor is shown; spelled as in forms.</summary>
internal static class SecondFactorWays
{
    public const string App = "app";
    public const string Sms = "sms";
    public const string Recovery = "recovery";

    /// <summary>RFC 8176 values of each.</summary>
    public static IReadOnlyList<string> Methods(string way) => way == Sms ? ["sms", "mfa"] : ["otp", "mfa"];
}

/// <summary>The second factors that an account has.</summary>
/// <param name="Required">Whether the sign-in by password asks for one.</param>
/// <param name="App">An authenticator app.</param>
/// <param name="RecoveryCodesLeft">Unused recovery codes.</param>
/// <param name="PhoneCipher">The phone that a code can be sent to; null for an official, or a person without.</param>
/// <param name="PhoneMasked">The same for the page.</param>
internal sealed record OwnSecondFactors(bool Required, bool App, int RecoveryCodesLeft, string? PhoneCipher, string? PhoneMasked)
{
    /// <summary>Strongest first. Who has an app is not asked for less: a stolen SIM card must not undo it.</summary>
    public IReadOnlyList<string> Ways =>
    [
        .. App ? [SecondFactorWays.App] : Array.Empty<string>(),
        .. !App && PhoneCipher is not null ? [SecondFactorWays.Sms] : Array.Empty<string>(),
        .. RecoveryCodesLeft > 0 ? [SecondFactorWays.Recovery] : Array.Empty<string>(),
    ];

    public static async Task<OwnSecondFactors> OfAsync(IdentityContext database, Guid account, CancellationToken cancellationToken)
    {
        var found = await database.Users.AsNoTracking().Where(a => a.Id == account).Select(a => new
        {
            a.TwoFactorEnabled,
            App = database.AuthenticatorApps.Any(x => x.AccountId == account),
            Left = database.RecoveryCodes.Count(c => c.AccountId == account && c.UsedAt == null),
            a.Person!.PhoneCipher,
            a.Person!.PhoneMasked,
            a.Person!.PhoneIndex,
        }).SingleAsync(cancellationToken);
        var hasPhone = found.PhoneIndex?.StartsWith(Person.NoPhone, StringComparison.Ordinal) == false;
        return new OwnSecondFactors(found.TwoFactorEnabled, found.App, found.Left, hasPhone ? found.PhoneCipher : null, hasPhone ? found.PhoneMasked : null);
    }
}
