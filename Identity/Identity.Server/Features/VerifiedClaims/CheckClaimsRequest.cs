using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Yinxin.Identity.Server.Features.VerifiedClaims;

/// <summary>A malformed request for verified claims ends the request (<c>invalid_request</c>; Identity Assurance, "Error handling"), at the front door and when it is pushed.</summary>
internal sealed class CheckClaimsRequest :
    IOpenIddictServerHandler<ValidateAuthorizationRequestContext>,
    IOpenIddictServerHandler<ValidatePushedAuthorizationRequestContext>
{
    public static readonly OpenIddictServerHandlerDescriptor Front = OpenIddictServerHandlerDescriptor
        .CreateBuilder<ValidateAuthorizationRequestContext>()
        .UseSingletonHandler<CheckClaimsRequest>()
        .SetOrder(int.MaxValue - 98_000)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    public static readonly OpenIddictServerHandlerDescriptor Pushed = OpenIddictServerHandlerDescriptor
        .CreateBuilder<ValidatePushedAuthorizationRequestContext>()
        .UseSingletonHandler<CheckClaimsRequest>()
        .SetOrder(int.MaxValue - 98_000)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    public ValueTask HandleAsync(ValidateAuthorizationRequestContext context) => Check(context, context.Request);

    public ValueTask HandleAsync(ValidatePushedAuthorizationRequestContext context) => Check(context, context.Request);

    private static ValueTask Check(BaseValidatingContext context, OpenIddict.Abstractions.OpenIddictRequest request)
    {
        if (VerifiedClaimsRequest.Read(request).Failure is { } failure)
        {
            context.Reject(Errors.InvalidRequest, failure);
        }

        return ValueTask.CompletedTask;
    }
}
