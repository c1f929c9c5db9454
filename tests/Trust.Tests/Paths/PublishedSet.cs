namespace Yinxin.Trust.Tests.Paths;

/// <summary>Published sets lie outside the repository; YINXIN_VECTORS names their folder.</summary>
internal static class PublishedSet
{
    public static string? Folder(string name) => Environment.GetEnvironmentVariable("YINXIN_VECTORS") is { Length: > 0 } vectors ? Path.Combine(vectors, name) : null;
}
