using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Security;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Acme.Messages;
using Yinxin.Trust.Server.Features.Acme.Problems;

namespace Yinxin.Trust.Server.Features.Acme.Accounts;

/// <summary>Binds a new account to somebody who is known here (RFC 8555 §7.3.4): a MAC over the account's key by a key that was given out for one account.</summary>
internal sealed class ExternalBinding(TrustContext database, IDataCipher cipher, AcmeAddresses addresses, IOptions<AcmeSettings> settings, TimeProvider time)
{
    public const string Purpose = "acme.externalKey";

    /// <summary>Checks the binding of a new account.</summary>
    /// <returns>The key and the binding as it was sent; null when there is none and none is demanded.</returns>
    /// <exception cref="AcmeException">externalAccountRequired, unauthorized, badSignatureAlgorithm or malformed.</exception>
    public async Task<(AcmeExternalKey Key, string Jws)?> ReadAsync(JsonElement payload, AcmeKey accountKey, CancellationToken cancellationToken)
    {
        if (!payload.TryGetProperty("externalAccountBinding", out var jws))
        {
            return settings.Value.ExternalAccountRequired ? throw AcmeErrorKind.ExternalAccountRequired.Because("externalAccountBinding is missing.") : null;
        }

        var message = FlattenedMessage.Read(jws);
        if (message.Kid is not { } kid || message.Nonce is not null || message.Url != addresses.Of("new-account"))
        {
            throw AcmeErrorKind.Malformed.Because("The binding is named by kid, has no nonce, and the url of newAccount.");
        }

        if (AcmeKey.Read(FlattenedMessage.Json(message.Payload, "binding's payload")).Thumbprint != accountKey.Thumbprint)
        {
            throw AcmeErrorKind.Malformed.Because("The binding is not over the account's key.");
        }

        var now = time.GetUtcNow();
        var key = await database.Set<AcmeExternalKey>().AsNoTracking().SingleOrDefaultAsync(k => k.Id == kid, cancellationToken);
        // One answer for all: a stranger does not learn which keys there are.
        return key is not null && IsRight(message, cipher.Decrypt(Purpose, key.EncryptedKey)) && key.AccountId is null && key.RevokedAt is null && key.ExpiresAt > now
            ? (key, jws.GetRawText()) : throw AcmeErrorKind.Unauthorized.Because("The external key is unknown, used, revoked or expired, or its MAC is wrong.");
    }

    /// <summary>Marks the key as used, in the caller's transaction.</summary>
    /// <exception cref="AcmeException">unauthorized: another account took it in the same moment.</exception>
    public async Task TakeAsync(AcmeExternalKey key, Guid account, CancellationToken cancellationToken)
    {
        if (await database.Set<AcmeExternalKey>().Where(k => k.Id == key.Id && k.AccountId == null && k.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(k => k.AccountId, account), cancellationToken) != 1)
        {
            throw AcmeErrorKind.Unauthorized.Because("The external key is used already.");
        }
    }

    private static bool IsRight(FlattenedMessage message, byte[] key)
    {
        var mac = message.Algorithm switch
        {
            "HS256" => HMACSHA256.HashData(key, message.Signed),
            "HS384" => HMACSHA384.HashData(key, message.Signed),
            "HS512" => HMACSHA512.HashData(key, message.Signed),
            _ => throw new AcmeException(AcmeErrorKind.BadSignatureAlgorithm, "A binding is made by a MAC.") { Algorithms = ["HS256", "HS384", "HS512"] },
        };
        return CryptographicOperations.FixedTimeEquals(mac, message.Signature);
    }
}
