using System.Text.Json;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Yinxin.Identity.Server.Features.Protocol.Resource;

/// <summary>
/// RFC 7662 §2.2: for whom and by whom the token is used (<c>act_for</c>, <c>act</c>), and what was confirmed in person (RFC 9396 §9.2). The engine keeps what is beyond the standard from callers whose
/// client is no audience; here every caller was judged before (<see cref="OwnTokensOnly"/>), and one that does not know the organisation takes an agent's act for his own.
/// </summary>
internal sealed class AnswerIntrospection : IOpenIddictServerHandler<HandleIntrospectionRequestContext>
{
    public static readonly OpenIddictServerHandlerDescriptor Descriptor = OpenIddictServerHandlerDescriptor
        .CreateBuilder<HandleIntrospectionRequestContext>()
        .UseSingletonHandler<AnswerIntrospection>()
        .SetOrder(int.MaxValue - 50_000)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    public ValueTask HandleAsync(HandleIntrospectionRequestContext context)
    {
        foreach (var name in (string[])[ProtocolClaims.ActingFor, ProtocolClaims.Actor])
        {
            if (context.GenericTokenPrincipal.GetClaim(name) is { } value)
            {
                using var document = JsonDocument.Parse(value);
                context.Claims[name] = new OpenIddictParameter(document.RootElement.Clone());
            }
        }

        var details = context.GenericTokenPrincipal.FindAll(ProtocolClaims.AuthorizationDetails).Select(claim => claim.Value).ToList();
        if (details.Count > 0)
        {
            using var document = JsonDocument.Parse($"[{string.Join(',', details)}]");
            context.Claims[ProtocolClaims.AuthorizationDetails] = new OpenIddictParameter(document.RootElement.Clone());
        }

        return ValueTask.CompletedTask;
    }
}
