using System.Security.Claims;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using Yinxin.Identity.Server.Features.Clients;
using Yinxin.Identity.Server.Features.Protocol.Keys;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Yinxin.Identity.Server.Features.Protocol.Token;

/// <summary>
/// The last word about a token before it is signed: the issuer in its one spelling, the keys that are in use now (RS256 only for
/// the ID tokens of clients that ask), lists as lists even when they have one member (RFC 8176: <c>amr</c> is an array).
/// </summary>
internal sealed class ShapeToken(Issuer issuer, KeyRing keys, ClientCatalogue clients) : IOpenIddictServerHandler<GenerateTokenContext>
{
    private static readonly HashSet<string> OfRefreshTokens = [Claims.Subject, ProtocolClaims.SessionId, ProtocolClaims.Grant, ProtocolClaims.Generation, ProtocolClaims.AcrCondition];
    private static readonly string[] Lists = [Claims.AuthenticationMethodReference, ProtocolClaims.Role];

    public static readonly OpenIddictServerHandlerDescriptor Descriptor = OpenIddictServerHandlerDescriptor
        .CreateBuilder<GenerateTokenContext>()
        .UseSingletonHandler<ShapeToken>()
        .SetOrder(OpenIddictServerHandlers.Protection.GenerateIdentityModelToken.Descriptor.Order - 500)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    public ValueTask HandleAsync(GenerateTokenContext context)
    {
        var descriptor = context.SecurityTokenDescriptor;
        descriptor.Issuer = issuer.Text;
        var algorithm = context.TokenType == TokenTypeIdentifiers.IdentityToken && clients.Find(context.ClientId) is { } client
            ? client.IdTokenAlgorithm
            : KeyAlgorithms.EcdsaSignature;
        descriptor.SigningCredentials = new SigningCredentials(keys.Active(algorithm), algorithm);
        if (context.EncryptionCredentials is not null)
        {
            context.EncryptionCredentials = keys.Encryption();
            descriptor.EncryptingCredentials = context.EncryptionCredentials;
        }

        if (context.TokenType == TokenTypeIdentifiers.Private.RequestToken)
        {
            descriptor.Claims[ProtocolClaims.RequestId] = Guid.CreateVersion7().ToString();
        }

        if (context.TokenType is TokenTypeIdentifiers.AccessToken or TokenTypeIdentifiers.IdentityToken)
        {
            descriptor.Subject.TryRemoveClaim(descriptor.Subject.FindFirst(ProtocolClaims.Generation));
            descriptor.Subject.TryRemoveClaim(descriptor.Subject.FindFirst(ProtocolClaims.Granted));
            descriptor.Subject.TryRemoveClaim(descriptor.Subject.FindFirst(ProtocolClaims.AcrCondition));
            foreach (var name in Lists)
            {
                WriteList(context, name);
            }

            WriteDetails(context);
        }

        if (context.TokenType == TokenTypeIdentifiers.RefreshToken)
        {
            KeepGranted(descriptor);
            KeepKeysOnly(descriptor);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>What the level of this moment does not carry is held back from the access token only: it comes back with the level, and the client need not ask anew.</summary>
    private static void KeepGranted(SecurityTokenDescriptor descriptor)
    {
        if (descriptor.Subject.FindFirst(ProtocolClaims.Granted)?.Value is not { } granted)
        {
            return;
        }

        foreach (var scope in descriptor.Subject.FindAll(Claims.Private.Scope).ToList())
        {
            descriptor.Subject.TryRemoveClaim(scope);
        }

        descriptor.Subject.AddClaims(granted.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(scope => new Claim(Claims.Private.Scope, scope)));
    }

    /// <summary>A refresh token names its family; what it gives is read anew, so nothing personal need travel in it.</summary>
    private static void KeepKeysOnly(SecurityTokenDescriptor descriptor)
    {
        foreach (var claim in descriptor.Subject.Claims.Where(c => !OfRefreshTokens.Contains(c.Type) && !c.Type.StartsWith("oi_", StringComparison.Ordinal)).ToList())
        {
            descriptor.Subject.TryRemoveClaim(claim);
        }

        descriptor.Claims.Remove(Claims.Private.ClaimDestinationsMap);
    }

    /// <summary>RFC 9396 §9: an array of objects, also when there is one.</summary>
    private static void WriteDetails(GenerateTokenContext context)
    {
        var details = context.SecurityTokenDescriptor.Subject.FindAll(ProtocolClaims.AuthorizationDetails).ToList();
        if (details.Count == 0)
        {
            return;
        }

        details.ForEach(claim => context.SecurityTokenDescriptor.Subject.TryRemoveClaim(claim));
        using var document = JsonDocument.Parse($"[{string.Join(',', details.Select(claim => claim.Value))}]");
        context.SecurityTokenDescriptor.Claims[ProtocolClaims.AuthorizationDetails] = document.RootElement.Clone();
    }

    private static void WriteList(GenerateTokenContext context, string name)
    {
        var values = context.Principal.GetClaims(name);
        if (values.IsEmpty)
        {
            return;
        }

        foreach (var claim in context.SecurityTokenDescriptor.Subject.FindAll(name).ToList())
        {
            context.SecurityTokenDescriptor.Subject.TryRemoveClaim(claim);
        }

        context.SecurityTokenDescriptor.Claims[name] = values.ToArray();
    }
}
