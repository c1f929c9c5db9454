using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.SignIn;

/// <summary>
/// Under which key wrong passwords and wrong codes are counted. A browser in which the account has signed in before counts for itself: a stranger who keeps the name blocked from
/// elsewhere, or with the password the second factor, does not shut its owner out there, and a guess in one of these browsers is braked as any other. All others share one key.
/// </summary>
internal static class SignInKeys
{
    private const int MostDevices = 100;

    /// <param name="personal">Makes the keyed hash.</param>
    /// <param name="account">Whose password is tried; null for a name that nobody has.</param>
    /// <param name="typed">What was typed as name.</param>
    /// <param name="device">Hash of the browser's cookie, where the account has signed in there before; else null.</param>
    public static string Of(PersonalData personal, Guid? account, string typed, string? device) => (account, device) switch
    {
        ({ } id, null) => personal.Index(Purposes.SignInName, id.ToString()),
        ({ } id, _) => personal.Index(Purposes.SignInName, $"{id}:{device}"),
        _ => personal.Index(Purposes.SignInName, AccountFinder.KeyOf(typed)),
    };

    /// <param name="personal">Makes the keyed hash.</param>
    /// <param name="account">Whose second factor is tried, whatever the way.</param>
    /// <param name="device">Hash of the browser's cookie, where the account has signed in with its second factor (<see cref="SecondFactors.SecondFactorBrowsers"/>); else null.</param>
    public static string OfSecondFactor(PersonalData personal, Guid account, string? device) =>
        personal.Index(Purposes.SignInName, device is null ? $"second-factor:{account}" : $"second-factor:{account}:{device}");

    /// <summary>Forgets what was counted against an account's former password and against its second factor, in every browser. In the caller's transaction.</summary>
    public static async Task ForgetAsync(IdentityContext database, PersonalData personal, Guid account, CancellationToken cancellationToken)
    {
        var devices = await database.KnownDevices.Where(d => d.AccountId == account).OrderByDescending(d => d.LastSeenAt).Take(MostDevices).Select(d => d.Hash).ToListAsync(cancellationToken);
        List<string?> browsers = [null, .. devices];
        List<string> keys = [.. browsers.Select(device => Of(personal, account, "", device)), .. browsers.Select(device => OfSecondFactor(personal, account, device))];
        await database.SignInAttempts.Where(a => keys.Contains(a.Key)).ExecuteDeleteAsync(cancellationToken);
    }
}
