using System.Runtime.InteropServices;

namespace Yinxin.Trust.Log;

/// <summary>Where a log's files are kept.</summary>
public interface ITileStore : ITileSource
{
    /// <summary>Writes files so that each is there whole or not at all, and all of them durably when this returns. An older file of the name is replaced.</summary>
    /// <exception cref="IOException">Some may be there, some not; writing them again is safe.</exception>
    void Write(IReadOnlyCollection<TileFile> files);
}

/// <summary>A file to be written.</summary>
/// <param name="Path">Below the log's prefix.</param>
/// <param name="Content">All its bytes.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TileFile(string Path, ReadOnlyMemory<byte> Content);
