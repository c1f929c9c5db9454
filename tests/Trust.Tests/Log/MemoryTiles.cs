using Yinxin.Trust.Log;

namespace Yinxin.Trust.Tests.Log;

/// <summary>Files in memory; a write may be made to fail after some steps, as a full disk or a crash would have it.</summary>
internal sealed class MemoryTiles : ITileStore
{
    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Files that are still written before the next failure; null for none.</summary>
    public int? FailAfter { get; set; }

    public byte[]? Read(string path, int largest) => Files.GetValueOrDefault(path);

    public void Write(IReadOnlyCollection<TileFile> files)
    {
        foreach (var file in files)
        {
            if (FailAfter is { } left)
            {
                if (left == 0)
                {
                    throw new IOException("The disk is full.");
                }

                FailAfter = left - 1;
            }

            Files[file.Path] = file.Content.ToArray();
        }
    }
}
