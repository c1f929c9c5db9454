using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Yinxin.Trust.Certificates.Paths;

namespace Yinxin.Trust.TrustLists;

/// <summary>Reads members of a list with limits; each refusal names the member.</summary>
internal static partial class JsonReading
{
    private const int MostEntries = 1000;
    private const int LongestText = 2000;

    public static JsonElement Member(this JsonElement element, string name, JsonValueKind kind = JsonValueKind.Object) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) && member.ValueKind == kind ? member
            : throw new TrustListException("trustList.member", $"{name} is missing or of another kind.");

    public static JsonElement? Optional(this JsonElement element, string name, JsonValueKind kind) =>
        !element.TryGetProperty(name, out var member) ? null : member.ValueKind == kind ? member : throw new TrustListException("trustList.member", $"{name} is of another kind.");

    public static IEnumerable<JsonElement> Entries(this JsonElement element, string name, bool required)
    {
        if (element.Optional(name, JsonValueKind.Array) is not { } array)
        {
            return required ? throw new TrustListException("trustList.member", $"{name} is missing.") : [];
        }

        return array.GetArrayLength() > MostEntries ? throw new TrustListException("trustList.limit", $"{name} has more than {MostEntries} entries.")
            : required && array.GetArrayLength() == 0 ? throw new TrustListException("trustList.member", $"{name} is empty.")
            : array.EnumerateArray();
    }

    public static string Text(this JsonElement element, string name)
    {
        var text = element.Member(name, JsonValueKind.String).GetString()!;
        return text.Length is > 0 and <= LongestText ? text : throw new TrustListException("trustList.limit", $"{name} has no or too much text.");
    }

    public static IReadOnlyList<LocalizedText> Texts(this JsonElement element, string name) => [.. element.Entries(name, required: true).Select(e => new LocalizedText(e.Text("lang"), e.Text("value")))];

    public static string Uri(this JsonElement element, string name) =>
        element.Text(name) is var text && System.Uri.TryCreate(text, UriKind.Absolute, out _) ? text : throw new TrustListException("trustList.member", $"{name} is not a URI.");

    /// <summary>RFC 3339 in UTC, as TS 119 612 §5.1.4 has it.</summary>
    public static DateTimeOffset Time(this JsonElement element, string name) =>
        DateTimeOffset.TryParseExact(element.Text(name), ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time : throw new TrustListException("trustList.member", $"{name} is not a time in UTC.");

    public static string Territory(this JsonElement element, string name) =>
        element.Text(name) is var text && TerritoryForm().IsMatch(text) ? text : throw new TrustListException("trustList.member", $"{name} is not a country or province by ISO 3166.");

    public static IReadOnlyList<PathCertificate> Certificates(this JsonElement identity) => [.. identity.Entries("X509Certificates", required: true).Select(e => Certificate(e.Text2("val")))];

    /// <summary>Whatever is marked critical must be understood, and no extension is (TS 119 612 §5.3.17, §5.5.9).</summary>
    public static void DemandNothingCritical(this JsonElement element, string name)
    {
        foreach (var extension in element.Entries(name, required: false))
        {
            if (extension.ValueKind == JsonValueKind.Object && extension.EnumerateObject().Any(p => p.Name.Equals("critical", StringComparison.OrdinalIgnoreCase) && p.Value.ValueKind != JsonValueKind.False))
            {
                throw new TrustListException("trustList.critical", $"{name} holds a critical extension that is not known.");
            }
        }
    }

    private static string Text2(this JsonElement element, string name) => element.Member(name, JsonValueKind.String).GetString()!;

    private static PathCertificate Certificate(string base64)
    {
        try
        {
            return PathCertificate.Read(Convert.FromBase64String(base64));
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            throw new TrustListException("trustList.member", "A certificate is malformed.", e);
        }
    }

    [GeneratedRegex("^[A-Z]{2}(-[A-Z0-9]{1,6})?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TerritoryForm();
}
