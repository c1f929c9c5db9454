using System.Reflection;
using Yinxin.Trust.Certificates;

namespace Yinxin.Trust.Server.Features.Policies;

/// <summary>What a policy says, by its name.</summary>
/// <param name="Name">E.g. <c>profiles/tls.json</c>, <c>validation/document-policy.json</c>.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record Policy(string Name, byte[] Content);

/// <summary>The rules that this program decides by and that are data: certificate profiles, validation policies, the limits of algorithms.</summary>
internal static class PolicySources
{
    private static readonly string[] Folders = ["profiles/", "validation/"];

    /// <summary>All, in the order of their names.</summary>
    public static IReadOnlyList<Policy> All { get; } = Read(typeof(CertificateProfile).Assembly);

    private static List<Policy> Read(Assembly assembly) =>
        [.. from name in assembly.GetManifestResourceNames()
            where Folders.Any(f => name.StartsWith(f, StringComparison.Ordinal)) && !name.Contains("schema", StringComparison.Ordinal)
            orderby name
            select new Policy(name, Bytes(assembly, name))];

    private static byte[] Bytes(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
