using System.Text.Json;

namespace Yinxin.Trust.Cli.Vectors;

/// <summary>A file of Wycheproof's format: groups that share a key, tests in each.</summary>
internal sealed class VectorFile : IDisposable
{
    private const long LargestFile = 256L * 1024 * 1024;
    private const int DeepestNesting = 32;
    private readonly JsonDocument document;

    private VectorFile(JsonDocument document) => this.document = document;

    /// <exception cref="VectorException">Missing, too large, or not JSON.</exception>
    public static VectorFile Open(FileInfo file)
    {
        try
        {
            if (file.Length > LargestFile)
            {
                throw new VectorException($"the file is larger than {LargestFile / 1024 / 1024} MB");
            }

            using var stream = file.OpenRead();
            return new VectorFile(JsonDocument.Parse(stream, new JsonDocumentOptions { MaxDepth = DeepestNesting }));
        }
        catch (JsonException e)
        {
            throw new VectorException($"not JSON: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new VectorException(e.Message, e);
        }
    }

    /// <summary>The tests in their order, each judged when it is asked for.</summary>
    /// <exception cref="VectorException">A group or test is not understood.</exception>
    public IEnumerable<VectorResult> Check()
    {
        var root = document.RootElement;
        var any = false;
        foreach (var group in root.Members("testGroups"))
        {
            var judge = GroupJudge.For(group);
            foreach (var test in group.Members("tests"))
            {
                any = true;
                yield return Judge(judge, test);
            }
        }

        if (!any)
        {
            throw new VectorException("the file holds no tests");
        }
    }

    public void Dispose() => document.Dispose();

    private static VectorResult Judge(Func<JsonElement, Verdict> judge, JsonElement test)
    {
        if (!test.TryGetProperty("tcId", out var id) || id.ValueKind != JsonValueKind.Number || !id.TryGetInt64(out var number))
        {
            throw new VectorException("a test has no number tcId");
        }

        var expected = test.Text("result") is "valid" or "invalid" or "acceptable" ? test.Text("result")! : throw new VectorException($"test {number} does not say valid, invalid or acceptable");
        try
        {
            return new VectorResult(number, judge(test), expected);
        }
        catch (VectorException e)
        {
            throw new VectorException($"test {number}: {e.Message}", e);
        }
    }
}
