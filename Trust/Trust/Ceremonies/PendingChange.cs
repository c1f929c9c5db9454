using Yinxin.Trust.Keys.Software;

namespace Yinxin.Trust.Ceremonies;

/// <summary>
/// Several files change together: all are written beside, then a mark says that they are complete, then each moves to its place. After a crash
/// the next opening moves the rest when the mark is there, and forgets all of it when it is not; so the journal and the files never disagree.
/// </summary>
internal static class PendingChange
{
    private const string Folder = "pending", Mark = "complete";

    public static void Commit(CeremonyFiles files, IReadOnlyDictionary<string, byte[]> writes)
    {
        foreach (var (name, content) in writes)
        {
            files.Write($"{Folder}/{name}", content);
        }

        files.Write($"{Folder}/{Mark}", []);
        Recover(files);
    }

    public static void Recover(CeremonyFiles files)
    {
        var pending = files.PathOf(Folder);
        if (!Directory.Exists(pending))
        {
            return;
        }

        if (files.Has($"{Folder}/{Mark}"))
        {
            foreach (var file in Directory.EnumerateFiles(pending, "*", SearchOption.AllDirectories).Where(f => Path.GetRelativePath(pending, f) != Mark).ToList())
            {
                var place = files.PathOf(Path.GetRelativePath(pending, file));
                PrivateFiles.CreateDirectory(Path.GetDirectoryName(place)!);
                File.Move(file, place, overwrite: true);
            }
        }

        // The mark goes last but one: should this stop half way, what is left are empty folders.
        File.Delete(Path.Combine(pending, Mark));
        Directory.Delete(pending, recursive: true);
    }
}
