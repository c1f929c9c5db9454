using System.Text.Json;
using OpenIddict.Server;
using Yinxin.Identity.Server.Features.Assurance;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Yinxin.Identity.Server.Features.Protocol.Metadata;

/// <summary>RFC 8414 and OIDC Discovery §3: what this provider offers beyond what the engine knows of itself.</summary>
internal sealed class DescribeProvider : IOpenIddictServerHandler<HandleConfigurationRequestContext>
{
    public static readonly OpenIddictServerHandlerDescriptor Descriptor = OpenIddictServerHandlerDescriptor
        .CreateBuilder<HandleConfigurationRequestContext>()
        .UseSingletonHandler<DescribeProvider>()
        .SetOrder(int.MaxValue - 50_000)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    public ValueTask HandleAsync(HandleConfigurationRequestContext context)
    {
        context.IdTokenSigningAlgorithms.Clear();
        context.IdTokenSigningAlgorithms.UnionWith([Algorithms.EcdsaSha256, Algorithms.RsaSha256]);
        context.Metadata["acr_values_supported"] = JsonSerializer.SerializeToElement(AssuranceNames.Supported);
        context.Metadata["claims_parameter_supported"] = true;
        context.Metadata["request_parameter_supported"] = false;
        context.Metadata["request_uri_parameter_supported"] = false;
        context.Metadata["ui_locales_supported"] = JsonSerializer.SerializeToElement(new[] { "zh-CN", "en" });
        return ValueTask.CompletedTask;
    }
}
