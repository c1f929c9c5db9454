using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Yinxin.Trust.Server.Features.Acme.Problems;

/// <summary>How ACME's objects are written and stored.</summary>
internal static class AcmeJson
{
    public const string ProblemType = "application/problem+json";

    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    /// <summary>What is read from clients: no member twice, no depth.</summary>
    public static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    public static IResult Answer(object body, int status = StatusCodes.Status200OK) => Results.Json(body, Options, statusCode: status);

    public static string Store(AcmeProblem problem) => JsonSerializer.Serialize(problem, Options);

    public static AcmeProblem? Load(string? problem) => problem is null ? null : JsonSerializer.Deserialize<AcmeProblem>(problem, Options);
}
