using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Security;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Acme.Messages;
using Yinxin.Trust.Server.Features.Acme.Problems;

namespace Yinxin.Trust.Server.Features.Acme.Accounts;

/// <summary>POST /acme/new-account: a new account for a key, or the one that it has (RFC 8555 §7.3).</summary>
internal sealed class NewAccount(
    TrustContext database, SignedRequests requests, ExternalBinding binding, IAuditTrail audit, IDataCipher cipher, AcmeAddresses addresses, IOptions<AcmeSettings> settings, TimeProvider time)
{
    public static void Map(RouteGroupBuilder group) => group.MapPost("/new-account", (HttpContext http, NewAccount handler) => handler.HandleAsync(http));

    private async Task<IResult> HandleAsync(HttpContext http)
    {
        var request = await requests.FromKeyAsync(http);
        var payload = request.Json;
        if (await FindAsync(request.Key, http.RequestAborted) is { } existing)
        {
            return Answer(http, existing, StatusCodes.Status200OK);
        }

        if (Flag(payload, "onlyReturnExisting"))
        {
            throw AcmeErrorKind.AccountDoesNotExist.Because("No account has this key.");
        }

        var agreed = Flag(payload, "termsOfServiceAgreed");
        DemandAgreement(agreed);
        var account = new AcmeAccount
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()),
            Thumbprint = request.Key.Thumbprint,
            PublicKey = request.Key.Info,
            KeyType = request.Key.Type,
            TermsAgreed = agreed,
            EncryptedContacts = Contacts.Encrypt(cipher, Contacts.Read(payload) ?? []),
            CreatedAt = time.GetUtcNow(),
            CreatedFrom = ClientNetwork.Of(http.Connection.RemoteIpAddress),
        };
        var bound = await binding.ReadAsync(payload, request.Key, http.RequestAborted);
        await DemandRoomAsync(account.CreatedFrom, http.RequestAborted);
        return await StoreAsync(account, bound, http.RequestAborted) ? Answer(http, account, StatusCodes.Status201Created)
            // The same key in the same moment: the other request made it.
            : Answer(http, await FindAsync(request.Key, http.RequestAborted) ?? throw AcmeErrorKind.ServerInternal.Because("The account could not be made."), StatusCodes.Status200OK);
    }

    private async Task<bool> StoreAsync(AcmeAccount account, (AcmeExternalKey Key, string Jws)? bound, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        if (bound is { } by)
        {
            (account.ExternalKeyId, account.ExternalBinding) = (by.Key.Id, by.Jws);
            await binding.TakeAsync(by.Key, account.Id, cancellationToken);
        }

        database.Add(account);
        audit.Add(new AuditEntry("trust.acme.account.created", account.Id.ToString("N"), "acme:" + account.Id.ToString("N"), Details: new { account.Thumbprint, account.ExternalKeyId }));
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            database.ChangeTracker.Clear();
            return false;
        }

        await transaction.CommitAsync(CancellationToken.None);
        return true;
    }

    private IResult Answer(HttpContext http, AcmeAccount account, int status)
    {
        if (account.Status != AcmeAccountStatus.Valid)
        {
            // RFC 8555 §7.3.6: its key opens no account any more.
            throw new AcmeException(AcmeErrorKind.Unauthorized, "The account of this key is deactivated or revoked.") { Status = StatusCodes.Status401Unauthorized };
        }

        http.Response.Headers.Location = addresses.Account(account.Id);
        return AcmeJson.Answer(AccountView.Of(account, addresses, cipher), status);
    }

    private Task<AcmeAccount?> FindAsync(AcmeKey key, CancellationToken cancellationToken) =>
        database.Set<AcmeAccount>().AsNoTracking().SingleOrDefaultAsync(a => a.Thumbprint == key.Thumbprint, cancellationToken);

    private void DemandAgreement(bool agreed)
    {
        if (settings.Value.Terms is { } terms && !agreed)
        {
            throw new AcmeException(AcmeErrorKind.UserActionRequired, $"Agree to {terms} by termsOfServiceAgreed.") { Header = ("Link", $"<{terms}>;rel=\"terms-of-service\"") };
        }
    }

    private async Task DemandRoomAsync(string address, CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow() - settings.Value.Window;
        var made = await database.Set<AcmeAccount>().Where(a => a.CreatedFrom == address && a.CreatedAt > since).OrderByDescending(a => a.CreatedAt)
            .Select(a => a.CreatedAt).Take(settings.Value.AccountsPerAddress).ToListAsync(cancellationToken);
        if (made.Count >= settings.Value.AccountsPerAddress)
        {
            throw new AcmeException(AcmeErrorKind.RateLimited, "Too many new accounts from this address.") { RetryAfter = made[^1] - since };
        }
    }

    private static bool Flag(JsonElement payload, string name) => payload.TryGetProperty(name, out var member) && member.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw AcmeErrorKind.Malformed.Because($"{name} is true or false."),
    };
}
