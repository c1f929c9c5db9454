using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Yinxin.Identity.Server.Features.Protocol.Keys;

/// <summary>
/// Tokens, codes, requests and hints that are shown here are checked by the keys of this moment, and not by those that the engine's options got at the start. Asked for by name, inside an encrypted
/// document too, so that a key which another node made a moment ago is fetched.
/// </summary>
internal sealed class CheckedByRing(KeyRing keys) : IOpenIddictServerHandler<ValidateTokenContext>
{
    public static readonly OpenIddictServerHandlerDescriptor Descriptor = OpenIddictServerHandlerDescriptor
        .CreateBuilder<ValidateTokenContext>()
        .UseSingletonHandler<CheckedByRing>()
        .SetOrder(OpenIddictServerHandlers.Protection.ResolveTokenValidationParameters.Descriptor.Order + 500)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    public ValueTask HandleAsync(ValidateTokenContext context)
    {
        // The engine's own copy for this token. Without the lists, which would be asked where the ring knows none.
        var parameters = context.TokenValidationParameters;
        parameters.IssuerSigningKeys = [];
        parameters.TokenDecryptionKeys = [];
        parameters.IssuerSigningKeyResolver = (_, _, keyId, _) => keys.Verifying(keyId);
        parameters.TokenDecryptionKeyResolver = (_, _, keyId, _) => keys.Decrypting(keyId);
        return ValueTask.CompletedTask;
    }
}
