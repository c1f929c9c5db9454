using System.Runtime.InteropServices;
using System.Text;

namespace Yinxin.Trust.Log;

/// <summary>A directory laid out as C2SP tlog-tiles says, so that any web server can serve it.</summary>
/// <param name="root">The directory; made when it is not there.</param>
public sealed class TileDirectory(string root) : ITileStore
{
    private const int ReadOnlyDirectory = 0x10000;
    private const int FlushesAtOnce = 16;
    private const string TemporaryEnd = ".new";

    /// <summary>Where it lies.</summary>
    public string Root => root;

    /// <summary>Whether a file of this name is one that is being written, or was when a crash came: nobody reads it.</summary>
    /// <param name="name">With or without its directory.</param>
    public static bool IsTemporary(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.EndsWith(TemporaryEnd, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public byte[]? Read(string path, int largest)
    {
        try
        {
            using var file = new FileStream(Full(path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
            if (file.Length > largest)
            {
                throw new IOException($"{path} is larger than {largest} bytes.");
            }

            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Order: write each under a temporary name, flush each to the disk, rename each, then flush the directories. A crash in between leaves temporary
    /// names, which nobody reads, or whole files of which no tree head speaks yet.
    /// </remarks>
    public void Write(IReadOnlyCollection<TileFile> files)
    {
        var suffix = FormattableString.Invariant($".{Environment.ProcessId}.{Guid.NewGuid():N}{TemporaryEnd}");
        AtOnce(files, file =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Full(file.Path))!);
            using var stream = new FileStream(Full(file.Path) + suffix, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1);
            stream.Write(file.Content.Span);
            stream.Flush(flushToDisk: true);
        });
        foreach (var file in files)
        {
            File.Move(Full(file.Path) + suffix, Full(file.Path), overwrite: true);
        }

        AtOnce([.. files.SelectMany(f => Ancestors(f.Path)).Distinct(StringComparer.Ordinal)], Flush);
    }

    /// <summary>Flushes that wait together: the file system's journal takes them in one commit, where one after the other each would wait for its own.</summary>
    private static void AtOnce<T>(IReadOnlyCollection<T> all, Action<T> action)
    {
        try
        {
            Parallel.ForEach(all, new ParallelOptions { MaxDegreeOfParallelism = FlushesAtOnce }, action);
        }
        catch (AggregateException e)
        {
            throw e.InnerExceptions.OfType<IOException>().FirstOrDefault() ?? new IOException("The files could not be written.", e);
        }
    }

    private string Full(string path) => Path.Combine(root, path.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>All directories up to the root: any of them may be new.</summary>
    private IEnumerable<string> Ancestors(string path)
    {
        for (var directory = Path.GetDirectoryName(Full(path)); directory is not null && directory.Length >= root.Length; directory = Path.GetDirectoryName(directory))
        {
            yield return directory;
        }
    }

    /// <summary>Without this a rename may be lost by a power cut (fsync(2)); .NET opens no directories.</summary>
    private static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = open([.. Encoding.UTF8.GetBytes(directory), 0], OperatingSystem.IsLinux() ? ReadOnlyDirectory : 0);
        if (descriptor < 0)
        {
            throw new IOException($"{directory} cannot be opened.");
        }

        var failed = fsync(descriptor) != 0;
        _ = close(descriptor);
        if (failed)
        {
            throw new IOException($"{directory} cannot be flushed.");
        }
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int open(byte[] path, int flags);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int fsync(int descriptor);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int close(int descriptor);
}
