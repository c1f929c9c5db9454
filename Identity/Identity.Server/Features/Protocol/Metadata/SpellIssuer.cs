using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Yinxin.Identity.Server.Features.Protocol.Metadata;

/// <summary>The one spelling of the issuer in metadata (OIDC Discovery §4.3), authorization responses (RFC 9207) and introspection (RFC 7662).</summary>
internal sealed class SpellIssuer(Issuer issuer) :
    IOpenIddictServerHandler<ApplyConfigurationResponseContext>,
    IOpenIddictServerHandler<ApplyAuthorizationResponseContext>,
    IOpenIddictServerHandler<ApplyIntrospectionResponseContext>,
    IOpenIddictServerHandler<ApplyUserInfoResponseContext>
{
    public static readonly OpenIddictServerHandlerDescriptor[] Descriptors =
    [
        Describe<ApplyConfigurationResponseContext>(int.MinValue + 50_000),
        Describe<ApplyAuthorizationResponseContext>(OpenIddictServerHandlers.Authentication.AttachIssuer.Descriptor.Order + 500),
        Describe<ApplyIntrospectionResponseContext>(int.MinValue + 150_000),
        Describe<ApplyUserInfoResponseContext>(int.MinValue + 150_000),
    ];

    public ValueTask HandleAsync(ApplyConfigurationResponseContext context) => Spell(context, "issuer");

    public ValueTask HandleAsync(ApplyAuthorizationResponseContext context) => Spell(context, "iss");

    public ValueTask HandleAsync(ApplyIntrospectionResponseContext context) => Spell(context, "iss");

    public ValueTask HandleAsync(ApplyUserInfoResponseContext context) => Spell(context, "iss");

    private ValueTask Spell(BaseRequestContext context, string name)
    {
        if (context.Transaction.Response?.HasParameter(name) == true)
        {
            context.Transaction.Response[name] = issuer.Text;
        }

        return ValueTask.CompletedTask;
    }

    private static OpenIddictServerHandlerDescriptor Describe<TContext>(int order)
        where TContext : BaseContext => OpenIddictServerHandlerDescriptor
        .CreateBuilder<TContext>()
        .UseSingletonHandler(provider => (IOpenIddictServerHandler<TContext>)(object)provider.GetRequiredService<SpellIssuer>())
        .SetOrder(order)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();
}
