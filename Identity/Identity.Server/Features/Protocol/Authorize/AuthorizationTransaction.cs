using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using OpenIddict.Abstractions;

namespace Yinxin.Identity.Server.Features.Protocol.Authorize;

/// <summary>
/// An authorization request on its way through the sign-in pages. It travels in the address, encrypted and authenticated, so
/// that nothing is stored before the person has acted, every tab keeps its own request, and a pushed request may outlive its 60 s.
/// </summary>
/// <param name="Id">Becomes the key of the grant: whatever is shown twice can be redeemed once.</param>
/// <param name="StartedAt">When the request arrived; a sign-in that is asked for anew must be later.</param>
/// <param name="SessionStamp">Stamp of the session when the choice of whom to act for was asked for.</param>
/// <param name="Pushed">Whether it came through the pushed-request endpoint.</param>
/// <param name="Parameters">The request itself.</param>
internal sealed record AuthorizationTransaction(
    Guid Id, DateTimeOffset StartedAt, Guid? SessionStamp, bool Pushed, IReadOnlyDictionary<string, JsonElement> Parameters);

/// <summary>Seals and opens transactions.</summary>
internal sealed class AuthorizationTransactions(IDataProtectionProvider protection)
{
    /// <summary>The one parameter by which a request comes back from the sign-in pages.</summary>
    public const string Parameter = "yinxin_request";

    private static readonly TimeSpan Life = TimeSpan.FromMinutes(30);
    private readonly ITimeLimitedDataProtector protector = protection.CreateProtector("authorization-request").ToTimeLimitedDataProtector();

    /// <summary>The address at which the request goes on.</summary>
    public string Address(AuthorizationTransaction transaction) =>
        ProtocolPaths.Authorize + "?" + Parameter + "=" + protector.Protect(JsonSerializer.Serialize(transaction), Life);

    /// <summary>Null when it is not ours or too old.</summary>
    public AuthorizationTransaction? Open(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<AuthorizationTransaction>(protector.Unprotect(text));
        }
        catch (Exception e) when (e is System.Security.Cryptography.CryptographicException or FormatException or JsonException)
        {
            return null;
        }
    }

    /// <summary>The client whose request an address of ours carries on; null for any other address.</summary>
    public string? ClientOf(string? returnUrl) =>
        Of(returnUrl) is { } transaction && transaction.Parameters.TryGetValue(OpenIddictConstants.Parameters.ClientId, out var client) && client.ValueKind == JsonValueKind.String ? client.GetString() : null;

    /// <summary>The request that an address of ours carries on; null for any other address, and when it took too long.</summary>
    public AuthorizationTransaction? Of(string? returnUrl)
    {
        const string start = ProtocolPaths.Authorize + "?" + Parameter + "=";
        return returnUrl?.StartsWith(start, StringComparison.Ordinal) == true ? Open(returnUrl[start.Length..].Split('&')[0]) : null;
    }

    public static OpenIddictRequest RequestOf(AuthorizationTransaction transaction) =>
        new(transaction.Parameters.Select(p => new KeyValuePair<string, OpenIddictParameter>(p.Key, new(p.Value))));

    public static IReadOnlyDictionary<string, JsonElement> Parameters(OpenIddictRequest request) =>
        request.GetParameters()
            .Where(p => p.Key is not (Parameter or OpenIddictConstants.Parameters.RequestUri))
            .ToDictionary(p => p.Key, p => (JsonElement)p.Value, StringComparer.Ordinal);
}
