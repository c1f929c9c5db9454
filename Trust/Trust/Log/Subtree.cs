using System.Numerics;
using System.Runtime.InteropServices;

namespace Yinxin.Trust.Log;

/// <summary>The entries from <paramref name="Start"/> to before <paramref name="End"/> (draft-ietf-plants-merkle-tree-certs §4.1).</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Subtree(long Start, long End)
{
    /// <summary>Whether it is not empty and begins where a subtree of its size can begin: at a multiple of its size rounded up to a power of two.</summary>
    public bool IsValid => Start >= 0 && End > Start && (Start & (long)(BitOperations.RoundUpToPowerOf2((ulong)(End - Start)) - 1)) == 0;
}
