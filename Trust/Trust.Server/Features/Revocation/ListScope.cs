using System.Runtime.InteropServices;
using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Server.Features.Revocation;

/// <summary>Which certificates a list covers.</summary>
/// <param name="Authority">Name of the CA.</param>
/// <param name="Partition">0: all of them.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ListScope(string Authority, int Partition);

/// <summary>A full list and the delta that was made with it.</summary>
internal sealed record ListPair(PublishedList Full, PublishedList Delta);
