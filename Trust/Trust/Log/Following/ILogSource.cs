namespace Yinxin.Trust.Log;

/// <summary>Where a log's files are followed: a web server or a directory, trusted in nothing.</summary>
public interface ILogSource
{
    /// <summary>The file's bytes, or null when it is not there.</summary>
    /// <param name="path">Below the log's prefix, with <c>/</c>.</param>
    /// <param name="largest">Bytes beyond which the file is refused.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="LogFaultException">It cannot be reached, or is larger.</exception>
    ValueTask<byte[]?> ReadAsync(string path, int largest, CancellationToken cancellationToken);

    /// <summary>Widths of the partial files that are known to lie beside a full one. A web server does not tell.</summary>
    IEnumerable<int> PartialWidths(TileAddress tile) => [];
}
