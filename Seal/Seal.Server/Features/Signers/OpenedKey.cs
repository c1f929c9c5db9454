using Yinxin.Trust.Suites;

namespace Yinxin.Seal.Server.Features.Signers;

/// <summary>A key in memory, shared by the cache and the sealings under way: the last one to let go wipes it, so that none loses it in the middle of a signature.</summary>
internal sealed class OpenedKey(SoftwareSigner signer)
{
    private int users = 1;

    public SoftwareSigner Signer => signer;

    /// <summary>One more user; false when the key is wiped already.</summary>
    public bool TryShare()
    {
        for (var known = Volatile.Read(ref users); known > 0; known = Volatile.Read(ref users))
        {
            if (Interlocked.CompareExchange(ref users, known + 1, known) == known)
            {
                return true;
            }
        }

        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref users) == 0)
        {
            signer.Dispose();
        }
    }
}
