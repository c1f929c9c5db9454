using System.Security.Cryptography;
using System.Text.Json;

namespace Yinxin.Identity.Faces.Engine;

/// <summary>The models' files beside the program, and their names for the record: a score means something only together with what gave it.</summary>
public sealed class FaceModels
{
    private static readonly string[] Names = ["blazeface", "facemesh", "iris", "faceres", "antispoof", "liveness"];

    private FaceModels(string root, string version, string digest) => (Root, Version, Digest) = (root, version, digest);

    /// <summary>Library and version, e.g. <c>@vladmandic/human 3.3.6</c>.</summary>
    public string Version { get; }

    /// <summary>SHA-256 over the digests of all weights, in the order of their names.</summary>
    public string Digest { get; }

    internal string Root { get; }

    /// <exception cref="FileNotFoundException">The build did not bring them.</exception>
    public static FaceModels Load()
    {
        var root = Path.Combine(AppContext.BaseDirectory, "faces");
        using var package = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(root, "package.json")));
        var digests = Names.Order(StringComparer.Ordinal).SelectMany(name => SHA256.HashData(File.ReadAllBytes(Path.Combine(root, "models", name + ".bin"))));
        return new FaceModels(
            root, $"{package.RootElement.GetProperty("name").GetString()} {package.RootElement.GetProperty("version").GetString()}",
            Convert.ToHexStringLower(SHA256.HashData([.. digests])));
    }

    /// <summary>A file by the name that the script has for it; nothing outside the folder.</summary>
    internal byte[] Read(string name)
    {
        var path = Path.GetFullPath(Path.Combine(Root, name));
        return path.StartsWith(Root + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? File.ReadAllBytes(path) : throw new FileNotFoundException("Not one of the models' files.", name);
    }
}
