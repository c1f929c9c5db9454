using System.Globalization;

namespace Yinxin.Trust.Log;

/// <summary>A log in a directory.</summary>
/// <param name="root">Holds <c>checkpoint</c> and <c>tile/</c>.</param>
public sealed class DirectoryLogSource(string root) : ILogSource
{
    /// <inheritdoc/>
    public async ValueTask<byte[]?> ReadAsync(string path, int largest, CancellationToken cancellationToken)
    {
        var file = new FileInfo(Path.Combine(root, path.Replace('/', Path.DirectorySeparatorChar)));
        try
        {
            return !file.Exists ? null
                : file.Length > largest ? throw new LogFaultException(LogFault.TooLarge, string.Create(CultureInfo.InvariantCulture, $"{path} is larger than {largest} bytes."))
                : await File.ReadAllBytesAsync(file.FullName, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LogFaultException(LogFault.Unreachable, $"{path}: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<int> PartialWidths(TileAddress tile)
    {
        var directory = new DirectoryInfo(Path.Combine(root, (tile with { Width = TileAddress.FullWidth }).Path.Replace('/', Path.DirectorySeparatorChar) + ".p"));
        return !directory.Exists ? []
            : [.. directory.EnumerateFiles().Select(f => int.TryParse(f.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var width) ? width : 0)
                .Where(w => w is > 0 and < TileAddress.FullWidth).Order()];
    }
}
