using Microsoft.Extensions.Caching.Memory;

namespace Yinxin.Identity.Server.Features.Protocol.Authorize;

/// <summary>
/// Requests that this node answered with a code a short while ago (RFC 9126 §7.3: a pushed request is used once). Beyond this
/// node the grant's key guards: two codes of one request share it, and only one can be redeemed.
/// </summary>
internal sealed class CompletedRequests(IMemoryCache cache)
{
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(31);

    public bool Contains(Guid id) => cache.TryGetValue((typeof(CompletedRequests), id), out _);

    public void Add(Guid id) => cache.Set((typeof(CompletedRequests), id), true, Memory);
}
