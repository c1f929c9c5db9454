using Microsoft.Extensions.Caching.Memory;

namespace Yinxin.Identity.Server.Features.Mandates.Verifying;

/// <summary>
/// States of mandates that verified a while ago: a token is renewed every few minutes, and no signature need be checked for that. Remembered is the mark of all that was looked at, so an edited row,
/// or another record, is another state; never what was refused; and for an hour at most, so that the older records, which the mark leaves out, are opened again.
/// </summary>
internal sealed class BelievedMandates : IDisposable
{
    private const int Most = 20_000;
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);
    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = Most });

    public bool Contains(string mark) => cache.TryGetValue(mark, out _);

    public void Add(string mark) => cache.Set(mark, true, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Kept });

    public void Dispose() => cache.Dispose();
}
