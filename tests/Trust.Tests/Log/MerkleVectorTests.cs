using System.Text.Json;
using Xunit;
using Yinxin.Trust.Log;

namespace Yinxin.Trust.Tests.Log;

/// <summary>The public set of transparency-dev/merkle, when it is there: 518 proofs, 482 of them wrong.</summary>
public sealed class MerkleVectorTests
{
    [Fact]
    public void Every_published_proof_is_judged_as_it_should()
    {
        if (Environment.GetEnvironmentVariable("YINXIN_VECTORS") is not { } vectors)
        {
            return;
        }

        var files = Directory.GetFiles(Path.Combine(vectors, "merkle-proofs"), "*.json", SearchOption.AllDirectories);
        var refused = 0;
        foreach (var file in files)
        {
            using var test = JsonDocument.Parse(File.ReadAllBytes(file));
            var accepted = Judge(Path.GetRelativePath(Path.Combine(vectors, "merkle-proofs"), file), test.RootElement);
            Assert.True(accepted != test.RootElement.GetProperty("wantErr").GetBoolean(), file);
            refused += accepted ? 0 : 1;
        }

        Assert.Equal((518, 482), (files.Length, refused));
    }

    private static bool Judge(string path, JsonElement test)
    {
        var numbers = new[] { "leafIdx", "treeSize", "size1", "size2", "start", "end", "size" }
            .Where(n => test.TryGetProperty(n, out _)).ToDictionary(n => n, n => test.GetProperty(n).TryGetInt64(out var value) ? value : -1, StringComparer.Ordinal);
        byte[][] proof = test.GetProperty("proof").ValueKind == JsonValueKind.Null ? [] : [.. test.GetProperty("proof").EnumerateArray().Select(h => h.GetBytesFromBase64())];
        return path.Split(Path.DirectorySeparatorChar)[0] switch
        {
            "inclusion" => MerkleProof.Includes(numbers["leafIdx"], numbers["treeSize"], Hash("leafHash"), proof, Hash("root")),
            "consistency" => MerkleProof.Extends(numbers["size1"], numbers["size2"], Hash("root1"), Hash("root2"), proof),
            "subtreeinclusion" => MerkleProof.SubtreeIncludes(numbers["leafIdx"], new Subtree(numbers["start"], numbers["end"]), Hash("leafHash"), proof, Hash("root")),
            _ => MerkleProof.ContainsSubtree(new Subtree(numbers["start"], numbers["end"]), numbers["size"], Hash("root1"), Hash("root2"), proof),
        };

        byte[] Hash(string name) => test.GetProperty(name).ValueKind == JsonValueKind.Null ? [] : test.GetProperty(name).GetBytesFromBase64();
    }
}
