using System.Text.Json;

namespace Yinxin.Identity.Server.Features.VerifiedClaims;

/// <summary>
/// The forms in which a request may ask (OIDC Core §5.5.1; Identity Assurance, "Requesting verification data"): null, an object with conditions and members, or a list of
/// alternatives. A condition in another form on what we know could only be ignored, and the client would take what it gets for what it demanded. Text is read here once, so that half a
/// surrogate pair throws here, where the whole request is refused, and not when it is answered.
/// </summary>
internal static class RequestedSyntax
{
    private const int ShortestPurpose = 3;
    private const int LongestPurpose = 300;

    private static readonly HashSet<string> Conditions = ["value", "values", "essential", "max_age", "purpose"];
    private static readonly HashSet<string> Lists = ["evidence", "check_details", "assurance_details", "evidence_ref"];

    /// <summary>Every member of a verification that this release gives or judges. Of another one a word means nothing here, and OIDC Core §5.5 has it ignored.</summary>
    private static readonly HashSet<string> Known =
    [
        "trust_framework", "assurance_level", "assurance_process", "policy", "procedure", "assurance_details", "time", "verification_process", "evidence", "evidence_ref", "type", "check_details",
        "check_method", "organization", "check_id", "document_details", "issuer", "country_code", "record", "source", "name",
    ];

    /// <summary>Whether a member says something of the value, instead of naming a part of it.</summary>
    public static bool Qualifies(string member) => Conditions.Contains(member);

    /// <summary>Whether this can be asked of a verification or of a part of it.</summary>
    public static bool IsElement(JsonElement asked) =>
        asked.ValueKind == JsonValueKind.Null ||
        (asked.ValueKind == JsonValueKind.Object && asked.EnumerateObject().All(m => Qualifies(m.Name) ? IsCondition(m) : IsMember(m)));

    /// <summary>Whether this can be asked of a claim; its value may be of any type.</summary>
    public static bool IsClaim(JsonElement asked) =>
        asked.ValueKind == JsonValueKind.Null ||
        (asked.ValueKind == JsonValueKind.Object && asked.EnumerateObject().All(m => m.Name switch
        {
            "essential" or "purpose" => IsCondition(m),
            "value" => IsReadable(m.Value),
            "values" => m.Value.ValueKind == JsonValueKind.Array && m.Value.EnumerateArray().All(IsReadable),
            _ => true,
        }));

    /// <summary>Words for the person, shown as they are.</summary>
    public static bool IsPurpose(JsonElement words) =>
        words.ValueKind == JsonValueKind.String && words.GetString() is { Length: >= ShortestPurpose and <= LongestPurpose } text && !text.Any(char.IsControl);

    private static bool IsMember(JsonProperty member) =>
        IsForeignWord(member) || (Lists.Contains(member.Name) || member.Value.ValueKind == JsonValueKind.Array ? IsList(member.Value) : IsElement(member.Value));

    private static bool IsForeignWord(JsonProperty member) => !Known.Contains(member.Name) && member.Value.ValueKind switch
    {
        JsonValueKind.String => IsReadable(member.Value),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => true,
        _ => false,
    };

    private static bool IsList(JsonElement asked) =>
        asked.ValueKind == JsonValueKind.Array && asked.GetArrayLength() > 0 && asked.EnumerateArray().All(e => e.ValueKind == JsonValueKind.Object && IsElement(e));

    private static bool IsCondition(JsonProperty condition) => condition.Name switch
    {
        "essential" => condition.Value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "value" => IsText(condition.Value),
        "values" => condition.Value.ValueKind == JsonValueKind.Array && condition.Value.GetArrayLength() > 0 && condition.Value.EnumerateArray().All(IsText),
        "max_age" => condition.Value.ValueKind == JsonValueKind.Number && condition.Value.TryGetDouble(out var seconds) && seconds >= 0,
        _ => IsPurpose(condition.Value),
    };

    private static bool IsText(JsonElement value) => value.ValueKind == JsonValueKind.String && IsReadable(value);

    private static bool IsReadable(JsonElement value) => value.ValueKind != JsonValueKind.String || value.GetString() is not null;
}
