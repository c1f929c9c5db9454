using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Security;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Acme.Messages;
using Yinxin.Trust.Server.Features.Acme.Problems;

namespace Yinxin.Trust.Server.Features.Acme.Accounts;

/// <summary>POST /acme/account/{id}: shows the account, changes its contacts, or deactivates it for good (RFC 8555 §7.3.2, §7.3.6).</summary>
internal sealed class UpdateAccount(TrustContext database, SignedRequests requests, IAuditTrail audit, IDataCipher cipher, AcmeAddresses addresses)
{
    public static void Map(RouteGroupBuilder group) => group.MapPost("/account/{id}", (string id, HttpContext http, UpdateAccount handler) => handler.HandleAsync(id, http));

    private async Task<IResult> HandleAsync(string id, HttpContext http)
    {
        var request = await requests.FromAccountAsync(http);
        DemandOwn(id, request.Owner);
        if (request.IsRead)
        {
            return Answer(request.Owner);
        }

        var payload = request.Json;
        var account = await database.Set<AcmeAccount>().SingleAsync(a => a.Id == request.Owner.Id, http.RequestAborted);
        var deactivates = Deactivates(payload);
        if (deactivates)
        {
            account.Status = AcmeAccountStatus.Deactivated;
            Note(account, "deactivated");
        }
        else if (Contacts.Read(payload) is { } contacts)
        {
            account.EncryptedContacts = Contacts.Encrypt(cipher, contacts);
            Note(account, "updated");
        }

        await database.SaveChangesAsync(http.RequestAborted);
        return Answer(account);
    }

    /// <exception cref="AcmeException">unauthorized.</exception>
    public static void DemandOwn(string id, AcmeAccount account)
    {
        if (id != account.Id.ToString("N"))
        {
            throw AcmeErrorKind.Unauthorized.Because("This is another account.");
        }
    }

    private void Note(AcmeAccount account, string act) =>
        audit.Add(new AuditEntry("trust.acme.account." + act, account.Id.ToString("N"), "acme:" + account.Id.ToString("N")));

    private IResult Answer(AcmeAccount account) => AcmeJson.Answer(AccountView.Of(account, addresses, cipher));

    private static bool Deactivates(JsonElement payload) =>
        payload.TryGetProperty("status", out var status)
        && (status.ValueKind == JsonValueKind.String && status.GetString() is var text && text == "deactivated" ? true
            : status.ValueKind == JsonValueKind.String && status.GetString() == "valid" ? false : throw AcmeErrorKind.Malformed.Because("An account's status can only become deactivated."));
}
