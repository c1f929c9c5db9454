namespace Yinxin.Identity.Server.Features.SignIn;

/// <summary>A fixed number of locks shared by all names: memory does not grow with what strangers type. Many, since a wrong password is waited for with the lock in hand.</summary>
internal sealed class NameLocks : IDisposable
{
    private const int Stripes = 1 << 14;
    private readonly SemaphoreSlim[] stripes = [.. Enumerable.Range(0, Stripes).Select(_ => new SemaphoreSlim(1))];

    public async Task<IDisposable> EnterAsync(string key, CancellationToken cancellationToken)
    {
        var stripe = stripes[(uint)string.GetHashCode(key, StringComparison.Ordinal) % stripes.Length];
        await stripe.WaitAsync(cancellationToken);
        return new Turn(stripe);
    }

    public void Dispose()
    {
        foreach (var stripe in stripes)
        {
            stripe.Dispose();
        }
    }

    private sealed class Turn(SemaphoreSlim stripe) : IDisposable
    {
        public void Dispose() => stripe.Release();
    }
}
