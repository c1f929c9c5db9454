namespace Yinxin.Trust.Log;

/// <summary>Where a log's files are read.</summary>
public interface ITileSource
{
    /// <summary>The file's bytes, or null when it is not there.</summary>
    /// <param name="path">Below the log's prefix, with <c>/</c>.</param>
    /// <param name="largest">Bytes beyond which the file is refused.</param>
    /// <exception cref="IOException">It cannot be read, or is larger.</exception>
    byte[]? Read(string path, int largest);
}
