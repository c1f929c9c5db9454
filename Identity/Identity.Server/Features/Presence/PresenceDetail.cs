using System.Buffers;
using System.Globalization;
using System.Text.Json;
using OpenIddict.Abstractions;
using Yinxin.Identity.Server.Features.Presence.Methods;
using Yinxin.Identity.Server.Features.Protocol;

namespace Yinxin.Identity.Server.Features.Presence;

/// <summary>
/// What a client asks a person to confirm in person: one object of <c>authorization_details</c> (RFC 9396 §2). Small and strict, because a page shows its
/// words and tokens carry it.
/// </summary>
/// <param name="Transaction">The client's name of the transaction.</param>
/// <param name="Chinese">What is confirmed, in words.</param>
/// <param name="English">The same in English.</param>
/// <param name="Digest">SHA-256 (base64url) of what is confirmed; null when the client names none.</param>
/// <param name="Methods">The ways that the client takes (<see cref="PresenceMethodNames"/>); null: any.</param>
internal sealed record PresenceDetail(string Transaction, string Chinese, string English, string? Digest, IReadOnlyList<string>? Methods)
{
    public const string Type = "urn:yinxin:presence";
    private const string Parameter = "authorization_details";
    private const int Longest = 4096;
    private const int LongestTransaction = 100;
    private const int LongestPurpose = 200;
    private const int DigestLength = 43;
    private const int Deepest = 4;
    private static readonly SearchValues<char> TransactionCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._:~");
    private static readonly SearchValues<char> Base64Url = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>The detail of a request that was checked; null when it asks for none.</summary>
    public static PresenceDetail? Of(OpenIddictRequest request) => Read(request).Detail;

    /// <returns>The detail, or why it is none; both null when the request has no such parameter.</returns>
    public static (PresenceDetail? Detail, string? Failure) Read(OpenIddictRequest request) => JsonParameter.TextOf(request, Parameter) switch
    {
        null => (null, null),
        { Length: > Longest } => (null, "authorization_details is too long."),
        { } text => JsonParameter.Read<PresenceDetail>(Parameter, text, Deepest, ReadList),
    };

    private static (PresenceDetail?, string?) ReadList(JsonElement list) => list.ValueKind == JsonValueKind.Array && list.GetArrayLength() == 1
        ? ReadOne(list[0])
        : (null, "authorization_details must be an array of exactly one object.");

    private static (PresenceDetail?, string?) ReadOne(JsonElement detail)
    {
        if (detail.ValueKind != JsonValueKind.Object || Text(detail, "type") != Type)
        {
            return (null, "The type of authorization_details is not supported.");
        }

        if (detail.EnumerateObject().FirstOrDefault(m => m.Name is not ("type" or "transaction" or "purpose" or "digest" or "methods")) is { Value.ValueKind: not JsonValueKind.Undefined })
        {
            return (null, "authorization_details has a member that its type does not know.");
        }

        if (Text(detail, "transaction") is not { Length: > 0 and <= LongestTransaction } transaction || transaction.AsSpan().ContainsAnyExcept(TransactionCharacters))
        {
            return (null, "transaction must have 1 to 100 letters, digits or -._:~.");
        }

        if (!detail.TryGetProperty("purpose", out var purpose) || purpose.ValueKind != JsonValueKind.Object || purpose.EnumerateObject().Count() != 2 ||
            Text(purpose, "zh") is not { } chinese || Text(purpose, "en") is not { } english || !IsReadable(chinese) || !IsReadable(english))
        {
            return (null, "purpose must say in zh and in en, in 1 to 200 printable characters each, what is confirmed.");
        }

        var hasDigest = detail.TryGetProperty("digest", out _);
        var digest = Text(detail, "digest");
        if (hasDigest && (digest is not { Length: DigestLength } || digest.AsSpan().ContainsAnyExcept(Base64Url)))
        {
            return (null, "digest must be a SHA-256 in base64url.");
        }

        var methods = detail.TryGetProperty("methods", out var list) ? Names(list) : null;
        return list.ValueKind != JsonValueKind.Undefined && methods is null
            ? (null, $"methods must be an array of {string.Join(", ", PresenceMethodNames.All)}, each once.")
            : (new PresenceDetail(transaction, chinese, english, digest, methods), null);
    }

    /// <summary>Whether the client takes this way.</summary>
    public bool Takes(string method) => Methods?.Contains(method, StringComparer.Ordinal) != false;

    /// <returns>Null when it is anything but a list of different known names.</returns>
    private static List<string>? Names(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() is 0 or > 3)
        {
            return null;
        }

        List<string> names = [.. list.EnumerateArray().Where(n => n.ValueKind == JsonValueKind.String).Select(n => n.GetString()!).Distinct(StringComparer.Ordinal)];
        return names.Count == list.GetArrayLength() && names.TrueForAll(n => PresenceMethodNames.All.Contains(n, StringComparer.Ordinal)) ? names : null;
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    /// <summary>A person reads it: no control character, and none that turns the direction of what stands around it.</summary>
    private static bool IsReadable(string text) => text.Trim().Length > 0 && text.Length <= LongestPurpose &&
        text.All(c => CharUnicodeInfo.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned));
}
