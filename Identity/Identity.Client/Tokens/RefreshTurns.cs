using System.Security.Cryptography;
using Microsoft.Extensions.Caching.Distributed;

namespace Yinxin.Identity.Client.Tokens;

/// <summary>
/// Whose turn it is to renew a ticket, where several nodes of an app share the tickets: a refresh token may be spent once, and the second node's try would end the whole family of
/// tokens (RFC 9700 §4.14.2). A distributed cache has no «write unless there is one». So a node that sees no mark writes its own, waits for much longer than lies between that look
/// and that write, and has the turn only if the mark is still its own: of all that saw none the last writer has it.
/// </summary>
internal sealed class RefreshTurns(IDistributedCache cache)
{
    private const string Prefix = "yinxin.refresh:";
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(200);

    /// <summary>Longer than a call of Identity may take; the mark of a node that died in between is gone then.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(2);

    /// <summary>What lies in the memory of this process no other node sees.</summary>
    private bool IsShared => cache is not MemoryDistributedCache;

    /// <returns>False when another node renews this ticket.</returns>
    public async Task<bool> TryTakeAsync(string ticket)
    {
        if (!IsShared)
        {
            return true;
        }

        if (await cache.GetStringAsync(Prefix + ticket) is not null)
        {
            return false;
        }

        var mark = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        await cache.SetStringAsync(Prefix + ticket, mark, new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = Life });
        await Task.Delay(Settling);
        return await cache.GetStringAsync(Prefix + ticket) == mark;
    }

    /// <summary>Gives the turn back.</summary>
    public Task EndAsync(string ticket) => IsShared ? cache.RemoveAsync(Prefix + ticket) : Task.CompletedTask;
}
