using System.Text.Json;
using Yinxin.ServiceDefaults.Security;
using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Server.Features.Acme.Accounts;

/// <summary>An account as clients see it (RFC 8555 §7.1.2).</summary>
/// <param name="Status"><c>valid</c>, <c>deactivated</c> or <c>revoked</c>.</param>
/// <param name="Contact">mailto URIs.</param>
/// <param name="TermsOfServiceAgreed">Whether it agreed to the terms.</param>
/// <param name="ExternalAccountBinding">As it was sent.</param>
/// <param name="Orders">Address of its list of orders.</param>
internal sealed record AccountView(string Status, IReadOnlyList<string> Contact, bool? TermsOfServiceAgreed, JsonElement? ExternalAccountBinding, string Orders)
{
    public static AccountView Of(AcmeAccount account, AcmeAddresses addresses, IDataCipher cipher) => new(
        Name(account.Status), Contacts.Decrypt(cipher, account.EncryptedContacts), account.TermsAgreed ? true : null,
        account.ExternalBinding is { } binding ? JsonElement.Parse(binding) : null, addresses.Orders(account.Id));

    private static string Name(AcmeAccountStatus status) => status switch
    {
        AcmeAccountStatus.Valid => "valid",
        AcmeAccountStatus.Deactivated => "deactivated",
        _ => "revoked",
    };
}
