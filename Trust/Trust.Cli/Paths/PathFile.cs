using System.Text.Json;
using Yinxin.Trust.Cli.Vectors;

namespace Yinxin.Trust.Cli.Paths;

/// <summary>A file of paths in either format.</summary>
internal sealed class PathFile : IDisposable
{
    private const long LargestFile = 1024L * 1024 * 1024;
    private const int DeepestNesting = 32;
    private readonly JsonDocument document;
    private readonly FileInfo file;
    private readonly CheckPathsOptions options;

    private PathFile(JsonDocument document, FileInfo file, CheckPathsOptions options)
    {
        this.document = document;
        this.file = file;
        this.options = options;
    }

    /// <exception cref="VectorException">Missing, too large, or not JSON.</exception>
    public static PathFile Open(FileInfo file, CheckPathsOptions options)
    {
        try
        {
            if (file.Length > LargestFile)
            {
                throw new VectorException($"the file is larger than {LargestFile / 1024 / 1024} MB");
            }

            using var stream = file.OpenRead();
            return new PathFile(JsonDocument.Parse(stream, new JsonDocumentOptions { MaxDepth = DeepestNesting }), file, options);
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

    /// <summary>The cases in their order.</summary>
    /// <exception cref="VectorException">The file is of neither format, or a case is not understood.</exception>
    public IEnumerable<PathCase> Cases()
    {
        var root = document.RootElement;
        var cases = root.ValueKind switch
        {
            JsonValueKind.Array => PkitsCases.Read(root, file.Directory!, options),
            JsonValueKind.Object when root.TryGetProperty("version", out var version) && version.ValueKind == JsonValueKind.Number && version.TryGetInt32(out var number) && number == 1
                => LimboCases.Read(root, options),
            _ => throw new VectorException("neither x509-limbo's format, version 1, nor a list of PKITS tests"),
        };
        var any = false;
        foreach (var one in cases)
        {
            any = true;
            yield return one;
        }

        if (!any)
        {
            throw new VectorException("the file holds no cases");
        }
    }

    public void Dispose() => document.Dispose();
}
