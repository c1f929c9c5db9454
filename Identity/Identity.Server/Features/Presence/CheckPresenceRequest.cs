using Microsoft.Extensions.Options;
using OpenIddict.Server;
using Yinxin.Identity.Server.Features.Clients;
using Yinxin.Identity.Server.Features.Presence.Methods;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Yinxin.Identity.Server.Features.Presence;

/// <summary>RFC 9396 §5: a detail that is malformed, or that this client may not ask for, is refused before anybody sees a page; at the front door and when it is pushed.</summary>
internal sealed class CheckPresenceRequest(ClientCatalogue clients, IOptions<PresenceSettings> settings) :
    IOpenIddictServerHandler<ValidateAuthorizationRequestContext>,
    IOpenIddictServerHandler<ValidatePushedAuthorizationRequestContext>
{
    public static readonly OpenIddictServerHandlerDescriptor Front = OpenIddictServerHandlerDescriptor
        .CreateBuilder<ValidateAuthorizationRequestContext>()
        .UseSingletonHandler<CheckPresenceRequest>()
        .SetOrder(int.MaxValue - 99_000)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    public static readonly OpenIddictServerHandlerDescriptor Pushed = OpenIddictServerHandlerDescriptor
        .CreateBuilder<ValidatePushedAuthorizationRequestContext>()
        .UseSingletonHandler<CheckPresenceRequest>()
        .SetOrder(int.MaxValue - 99_000)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    private const string InvalidAuthorizationDetails = "invalid_authorization_details";

    public ValueTask HandleAsync(ValidateAuthorizationRequestContext context) => Check(context, context.Request, context.ClientId);

    public ValueTask HandleAsync(ValidatePushedAuthorizationRequestContext context) => Check(context, context.Request, context.ClientId);

    private ValueTask Check(BaseValidatingContext context, OpenIddict.Abstractions.OpenIddictRequest request, string? client)
    {
        var (detail, failure) = PresenceDetail.Read(request);
        if (failure is null && detail is not null && clients.Find(client)?.AuthorizationDetailsTypes.Contains(PresenceDetail.Type, StringComparer.Ordinal) != true)
        {
            failure = "This client may not ask for authorization_details of this type.";
        }

        if (failure is null && detail is not null && !PresenceMethods.Names(settings.Value).Any(detail.Takes))
        {
            failure = "None of these methods is offered here.";
        }

        if (failure is not null)
        {
            context.Reject(InvalidAuthorizationDetails, failure);
        }

        return ValueTask.CompletedTask;
    }
}
