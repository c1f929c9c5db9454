using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.History;

namespace Yinxin.Identity.Server.Features.SecondFactors;

/// <summary>
/// The browsers whose wrong codes are counted for themselves. A browser in which a password alone signed in is none of them: whoever has the password could make himself as many as
/// he likes, each with guesses of its own.
/// </summary>
internal sealed class SecondFactorBrowsers(IdentityContext database, SignInHistory history, TimeProvider time)
{
    /// <summary>
    /// The hash of this browser's cookie, if the account has signed in here since its password alone signs nobody in: for an app, since that one was paired. When messages were switched
    /// on is not known, but each of them takes five tries and there are few.
    /// </summary>
    public async Task<string?> KnownAsync(HttpContext context, Guid account, CancellationToken cancellationToken)
    {
        var device = await history.KnownDeviceAsync(context, account, cancellationToken);
        if (device is null || !await database.Users.AnyAsync(a => a.Id == account && a.TwoFactorEnabled, cancellationToken))
        {
            return null;
        }

        var paired = await database.AuthenticatorApps.Where(a => a.AccountId == account).Select(a => (DateTimeOffset?)a.AddedAt).FirstOrDefaultAsync(cancellationToken);
        return paired is not { } since || await database.KnownDevices.AnyAsync(d => d.AccountId == account && d.Hash == device && d.LastSeenAt >= since, cancellationToken) ? device : null;
    }

    /// <summary>A code was right in this browser: if the account has signed in here, with whatever it had then, it knows the browser from now on.</summary>
    public async Task ShownAsync(HttpContext context, Guid account, CancellationToken cancellationToken)
    {
        if (await history.KnownDeviceAsync(context, account, cancellationToken) is { } device)
        {
            var now = time.GetUtcNow();
            await database.KnownDevices.Where(d => d.AccountId == account && d.Hash == device).ExecuteUpdateAsync(set => set.SetProperty(d => d.LastSeenAt, now), cancellationToken);
        }
    }
}
