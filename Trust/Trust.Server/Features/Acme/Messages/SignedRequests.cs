using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Acme.Problems;

namespace Yinxin.Trust.Server.Features.Acme.Messages;

/// <summary>A request whose signature, address and nonce are right.</summary>
/// <param name="Key">That signed it.</param>
/// <param name="Account">Whose it is, when a <c>kid</c> named it; valid.</param>
/// <param name="Payload">Empty for POST-as-GET.</param>
internal sealed record SignedRequest(AcmeKey Key, AcmeAccount? Account, byte[] Payload)
{
    /// <summary>The account; only where a <c>kid</c> was demanded.</summary>
    public AcmeAccount Owner => Account!;

    public bool IsRead => Payload.Length == 0;

    /// <exception cref="AcmeException">malformed: not a JSON object.</exception>
    public JsonElement Json => FlattenedMessage.Json(Payload, "payload");

    /// <summary>RFC 8555 §6.3.</summary>
    /// <exception cref="AcmeException">malformed: there is a payload.</exception>
    public SignedRequest DemandRead() => IsRead ? this : throw AcmeErrorKind.Malformed.Because("This resource is read by POST-as-GET, with an empty payload.");
}

/// <summary>Reads requests by RFC 8555 §6.2 to §6.5: what is cheap is judged first, and a nonce is used up only by whoever holds the key.</summary>
internal sealed class SignedRequests(TrustContext database, Nonces nonces, AcmeAddresses addresses)
{
    /// <summary>The largest body: a certificate request of 16 KiB, twice in base64url, with room.</summary>
    public const int LargestBody = 64 * 1024;

    /// <summary>From an account.</summary>
    /// <exception cref="AcmeException">Against the rules.</exception>
    public async Task<SignedRequest> FromAccountAsync(HttpContext http)
    {
        var message = await ReadAsync(http);
        return message.Kid is not null ? await VerifyAsync(message, http) : throw AcmeErrorKind.Malformed.Because("This request is signed by an account, named by kid.");
    }

    /// <summary>From whoever holds a key that need not be an account's yet.</summary>
    /// <exception cref="AcmeException">Against the rules.</exception>
    public async Task<SignedRequest> FromKeyAsync(HttpContext http)
    {
        var message = await ReadAsync(http);
        return message.Jwk is not null ? await VerifyAsync(message, http) : throw AcmeErrorKind.Malformed.Because("This request carries its key as jwk.");
    }

    /// <summary>From either.</summary>
    /// <exception cref="AcmeException">Against the rules.</exception>
    public async Task<SignedRequest> FromEitherAsync(HttpContext http) => await VerifyAsync(await ReadAsync(http), http);

    private async Task<SignedRequest> VerifyAsync(FlattenedMessage message, HttpContext http)
    {
        DemandAlgorithm(message.Algorithm);
        if (message.Url != addresses.Of(http.Request))
        {
            throw AcmeErrorKind.Unauthorized.Because("The url in the protected header is not the address of this request.");
        }

        if (!nonces.IsOurs(message.Nonce))
        {
            throw AcmeErrorKind.BadNonce.Because("The nonce is missing, too old, or not ours.");
        }

        var account = message.Kid is { } kid ? await FindAsync(kid, http.RequestAborted) : null;
        var key = account is not null ? new AcmeKey(account.KeyType, account.PublicKey, account.Thumbprint) : AcmeKey.Read(message.Jwk!.Value);
        if (!key.Verifies(message.Algorithm, message.Signed, message.Signature))
        {
            throw AcmeErrorKind.Malformed.Because("The signature is not right for this key and algorithm.");
        }

        if (!await nonces.UseAsync(message.Nonce, database, http.RequestAborted))
        {
            throw AcmeErrorKind.BadNonce.Because("The nonce was used before.");
        }

        // Only now: whoever does not hold the key does not learn what became of the account.
        return account is not { Status: not AcmeAccountStatus.Valid } ? new SignedRequest(key, account, message.Payload)
            : throw new AcmeException(AcmeErrorKind.Unauthorized, "The account is deactivated or revoked.") { Status = StatusCodes.Status401Unauthorized };
    }

    /// <exception cref="AcmeException">badSignatureAlgorithm.</exception>
    public static void DemandAlgorithm(string algorithm)
    {
        if (!AcmeKey.Algorithms.Contains(algorithm, StringComparer.Ordinal))
        {
            throw new AcmeException(AcmeErrorKind.BadSignatureAlgorithm, "The algorithm is not one of those that are named.") { Algorithms = AcmeKey.Algorithms };
        }
    }

    private async Task<AcmeAccount> FindAsync(string kid, CancellationToken cancellationToken) =>
        addresses.AccountOf(kid) is { } id && await database.Set<AcmeAccount>().AsNoTracking().SingleOrDefaultAsync(a => a.Id == id, cancellationToken) is { } account
            ? account : throw AcmeErrorKind.AccountDoesNotExist.Because("kid is not the address of an account here.");

    private static async Task<FlattenedMessage> ReadAsync(HttpContext http)
    {
        if (!IsJoseJson(http.Request.ContentType))
        {
            throw new AcmeException(AcmeErrorKind.Malformed, "The content type is application/jose+json.") { Status = StatusCodes.Status415UnsupportedMediaType };
        }

        var body = new byte[LargestBody + 1];
        var length = await http.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, http.RequestAborted);
        return length <= LargestBody ? FlattenedMessage.Read(FlattenedMessage.Json(body.AsMemory(0, length), "body"))
            : throw new AcmeException(AcmeErrorKind.Malformed, "The body is too large.") { Status = StatusCodes.Status413PayloadTooLarge };
    }

    private static bool IsJoseJson(string? contentType) =>
        Microsoft.Net.Http.Headers.MediaTypeHeaderValue.TryParse(contentType, out var type) && type.MediaType.Equals("application/jose+json", StringComparison.OrdinalIgnoreCase);
}
