namespace Yinxin.Launch.Platform;

/// <summary>One platform a directory: a second one on the same data would fight over files and ports.</summary>
internal sealed class DirectoryLock : IDisposable
{
    private readonly FileStream file;

    private DirectoryLock(FileStream file) => this.file = file;

    public static DirectoryLock Take(string directory)
    {
        var path = Path.Combine(directory, ".lock");
        try
        {
            return new DirectoryLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e)
        {
            throw new PlatformException($"{directory} is in use by another running platform.", $"目录 {directory} 正被另一个运行中的平台使用。", e);
        }
    }

    public void Dispose() => file.Dispose();
}
