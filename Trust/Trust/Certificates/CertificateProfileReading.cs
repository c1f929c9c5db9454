using System.Text.Json;
using System.Text.Json.Serialization;

namespace Yinxin.Trust.Certificates;

/// <summary>Reads one file of <c>certs/profiles</c>: what <c>profile.schema.json</c> demands, and what a schema cannot say. A slip here would be signed into every certificate.</summary>
internal static class CertificateProfileReading
{
    private const int Largest = 64 * 1024;
    private static readonly string[] Required = ["name", "issuedBy", "validityDays", "keyUsage"];
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.Strict,
        PropertyNameCaseInsensitive = false,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    private static readonly HashSet<string> Members = [.. typeof(CertificateProfile).GetProperties().Where(p => p.SetMethod is { IsPublic: true, IsStatic: false }).Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name))];

    /// <param name="file">Its name, e.g. <c>tls.json</c>: the profile's own with <c>.json</c>.</param>
    /// <param name="utf8">What stands in it.</param>
    /// <exception cref="CertificateProfileException">It cannot be used; file and member say where.</exception>
    public static CertificateProfile Read(string file, ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = utf8.Length > Largest ? throw new CertificateProfileException(file, "$", "The profile is too large.") : JsonDocument.Parse(utf8, Strict);
            CheckMembers(file, document.RootElement);
            var profile = document.RootElement.Deserialize<CertificateProfile>(Json)!;
            CertificateProfileRules.Check(file, profile);
            return profile;
        }
        catch (JsonException e)
        {
            throw new CertificateProfileException(file, e.Path is { Length: > 2 } path ? path[2..] : "$", e.Message, e);
        }
    }

    private static void CheckMembers(string file, JsonElement profile)
    {
        if (profile.ValueKind != JsonValueKind.Object)
        {
            throw new CertificateProfileException(file, "$", "An object is expected.");
        }

        foreach (var member in profile.EnumerateObject())
        {
            if (!Members.Contains(member.Name))
            {
                throw new CertificateProfileException(file, member.Name, "There is no such member.");
            }

            if (member.Value.ValueKind == JsonValueKind.Null || (member.Value.ValueKind == JsonValueKind.Array && member.Value.EnumerateArray().Any(v => v.ValueKind == JsonValueKind.Null)))
            {
                throw new CertificateProfileException(file, member.Name, "It is null; what does not apply is left out.");
            }
        }

        if (Required.FirstOrDefault(name => !profile.TryGetProperty(name, out _)) is { } missing)
        {
            throw new CertificateProfileException(file, missing, "It is missing.");
        }
    }
}
