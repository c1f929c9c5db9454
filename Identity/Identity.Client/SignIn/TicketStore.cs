using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Caching.Distributed;

namespace Yinxin.Identity.Client.SignIn;

/// <summary>
/// Keeps tickets (claims and tokens) on the server; the browser's cookie is a random key. Indexed by <c>sid</c>, so that the end
/// of a sign-in at Identity finds the app's session. Encrypted, because the cache may be shared between nodes.
/// </summary>
internal sealed class TicketStore(IDistributedCache cache, IDataProtectionProvider protection, TimeProvider time) : ITicketStore
{
    internal const string KeyItem = ".yinxin.key";
    private const string TicketPrefix = "yinxin.ticket:";
    private const string SessionPrefix = "yinxin.sid:";
    private static readonly TimeSpan Life = TimeSpan.FromHours(12);
    private readonly IDataProtector protector = protection.CreateProtector("yinxin.tickets");

    public async Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        var key = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        await RenewAsync(key, ticket);
        return key;
    }

    public async Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        ticket.Properties.Items[KeyItem] = key;
        var expiry = new DistributedCacheEntryOptions { AbsoluteExpiration = ticket.Properties.ExpiresUtc ?? time.GetUtcNow() + Life };
        await cache.SetAsync(TicketPrefix + key, protector.Protect(TicketSerializer.Default.Serialize(ticket)), expiry);
        if (ticket.Principal.FindFirst("sid")?.Value is { } sid)
        {
            await cache.SetStringAsync(SessionPrefix + sid, key, expiry);
        }
    }

    public async Task<AuthenticationTicket?> RetrieveAsync(string key) =>
        await cache.GetAsync(TicketPrefix + key) is { } bytes ? TicketSerializer.Default.Deserialize(protector.Unprotect(bytes)) : null;

    public Task RemoveAsync(string key) => cache.RemoveAsync(TicketPrefix + key);

    /// <summary>Ends the app's session of one sign-in.</summary>
    public async Task RemoveSessionAsync(string sid)
    {
        if (await cache.GetStringAsync(SessionPrefix + sid) is { } key)
        {
            await RemoveAsync(key);
        }
    }
}
