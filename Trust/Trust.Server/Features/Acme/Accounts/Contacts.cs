using System.Net.Mail;
using System.Text.Json;
using Yinxin.ServiceDefaults.Security;
using Yinxin.Trust.Server.Features.Acme.Problems;

namespace Yinxin.Trust.Server.Features.Acme.Accounts;

/// <summary>How an account's owner is reached (RFC 8555 §7.3): mailto URIs with one address and no header fields. Encrypted at rest.</summary>
internal static class Contacts
{
    private const string Purpose = "acme.contacts";
    private const string Scheme = "mailto:";
    private const int Most = 10;
    private const int Longest = 254;

    /// <returns>Null when the member is missing.</returns>
    /// <exception cref="AcmeException">malformed, unsupportedContact or invalidContact.</exception>
    public static IReadOnlyList<string>? Read(JsonElement payload)
    {
        if (!payload.TryGetProperty("contact", out var member))
        {
            return null;
        }

        if (member.ValueKind != JsonValueKind.Array || member.GetArrayLength() > Most || member.EnumerateArray().Any(c => c.ValueKind != JsonValueKind.String))
        {
            throw AcmeErrorKind.Malformed.Because($"contact is an array of at most {Most} texts.");
        }

        return [.. member.EnumerateArray().Select(c => Check(c.GetString()!))];
    }

    public static string Encrypt(IDataCipher cipher, IReadOnlyList<string> contacts) => cipher.EncryptText(Purpose, JsonSerializer.Serialize(contacts));

    public static string[] Decrypt(IDataCipher cipher, string contacts) => JsonSerializer.Deserialize<string[]>(cipher.DecryptText(Purpose, contacts)) ?? [];

    private static string Check(string contact)
    {
        if (!contact.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            throw AcmeErrorKind.UnsupportedContact.Because("Contacts are mailto URIs.");
        }

        var address = contact[Scheme.Length..];
        return address.Length is > 0 and <= Longest && address.IndexOfAny(['?', ',', '%', ' ', '<', '"']) < 0 && MailAddress.TryCreate(address, out var read) && read.Address == address
            ? contact : throw AcmeErrorKind.InvalidContact.Because("A mailto contact holds exactly one address and no header fields.");
    }
}
