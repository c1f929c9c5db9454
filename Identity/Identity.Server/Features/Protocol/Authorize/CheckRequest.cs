using System.Globalization;
using OpenIddict.Server;
using Yinxin.Identity.Server.Features.Clients;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Yinxin.Identity.Server.Features.Protocol.Authorize;

/// <summary>What the engine lets pass and the specifications do not: at the front door and at the pushed-request endpoint alike.</summary>
internal sealed class CheckRequest(ClientCatalogue clients) :
    IOpenIddictServerHandler<ValidateAuthorizationRequestContext>,
    IOpenIddictServerHandler<ValidatePushedAuthorizationRequestContext>
{
    public static readonly OpenIddictServerHandlerDescriptor Front = Describe<ValidateAuthorizationRequestContext>();
    public static readonly OpenIddictServerHandlerDescriptor Pushed = Describe<ValidatePushedAuthorizationRequestContext>();

    public ValueTask HandleAsync(ValidateAuthorizationRequestContext context)
    {
        var transaction = context.Transaction.GetProperty<AuthorizationTransaction>(nameof(AuthorizationTransaction));
        var pushed = transaction?.Pushed ?? context.Transaction.IsPushed();
        if (!pushed && clients.Find(context.ClientId) is { RequirePushedRequests: true })
        {
            context.Reject(Errors.InvalidRequest, "This client must push its requests (RFC 9126).");
            return ValueTask.CompletedTask;
        }

        return Check(context, context.Request);
    }

    public ValueTask HandleAsync(ValidatePushedAuthorizationRequestContext context) => Check(context, context.Request);

    private static ValueTask Check(BaseValidatingContext context, OpenIddict.Abstractions.OpenIddictRequest request)
    {
        // RFC 7636 §4.2: 43 characters are what SHA-256 yields; 128 is the most the grammar has.
        if (request.CodeChallenge is not { Length: >= 43 and <= 128 } challenge || challenge.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
        {
            context.Reject(Errors.InvalidRequest, "The code challenge is missing or malformed.");
        }
        else if ((string?)request[Parameters.MaxAge] is { } maxAge && !long.TryParse(maxAge, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            context.Reject(Errors.InvalidRequest, "max_age is no number of seconds.");
        }
        else if (AcrRequest.Read(request).Failure is { } failure)
        {
            context.Reject(Errors.InvalidRequest, failure);
        }

        return ValueTask.CompletedTask;
    }

    private static OpenIddictServerHandlerDescriptor Describe<TContext>()
        where TContext : BaseContext => OpenIddictServerHandlerDescriptor
        .CreateBuilder<TContext>()
        .UseSingletonHandler(provider => (IOpenIddictServerHandler<TContext>)(object)provider.GetRequiredService<CheckRequest>())
        .SetOrder(int.MaxValue - 100_000)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();
}
