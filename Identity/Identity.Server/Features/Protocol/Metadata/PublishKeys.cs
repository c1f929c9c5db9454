using OpenIddict.Server;
using Yinxin.Identity.Server.Features.Protocol.Keys;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Yinxin.Identity.Server.Features.Protocol.Metadata;

/// <summary>RFC 7517: the published keys are those of this moment, not those that the engine's options got at the start.</summary>
internal sealed class PublishKeys(KeyRing keys) : IOpenIddictServerHandler<HandleJsonWebKeySetRequestContext>
{
    public static readonly OpenIddictServerHandlerDescriptor Descriptor = OpenIddictServerHandlerDescriptor
        .CreateBuilder<HandleJsonWebKeySetRequestContext>()
        .UseSingletonHandler<PublishKeys>()
        .SetOrder(OpenIddictServerHandlers.Discovery.AttachSigningKeys.Descriptor.Order + 500)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    public ValueTask HandleAsync(HandleJsonWebKeySetRequestContext context)
    {
        context.Keys.Clear();
        context.Keys.AddRange(keys.Published());
        return ValueTask.CompletedTask;
    }
}
