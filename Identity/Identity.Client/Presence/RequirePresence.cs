using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Yinxin.ServiceDefaults.Idempotency;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Identity.Client.Presence;

/// <summary>Presence for APIs.</summary>
public static class RequirePresenceExtensions
{
    /// <summary>The gate, with a service token of the app's own client (scope <c>identity.presence</c>).</summary>
    public static IHttpClientBuilder AddPresence(this IServiceCollection services) =>
        services.AddServiceClient<PresenceGate>(addresses => addresses.Identity, "identity.presence");

    /// <summary>
    /// Demands presence of every request to these endpoints, right before the handler. The request's <c>Idempotency-Key</c> names the execution, and Identity takes the same one again
    /// for a while, so that a lost answer can be asked for: each endpoint answers a repetition from memory (<see cref="IdempotencyFilter"/>), or the app serves nothing, for its handler
    /// would act anew each time on one proof. Where the handler can still refuse, call <see cref="PresenceGate.DemandAsync"/> in it instead.
    /// </summary>
    /// <param name="builder">The endpoints.</param>
    /// <param name="request">What is about to be done, from the request alone.</param>
    public static TBuilder RequirePresence<TBuilder>(this TBuilder builder, Func<HttpContext, PresenceRequest> request)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Finally(CheckIdempotent);
        return builder.AddEndpointFilter<TBuilder>(async (context, next) =>
        {
            var http = context.HttpContext;
            var operation = http.Request.Headers[IdempotencyFilter.Header].ToString();
            await http.RequestServices.GetRequiredService<PresenceGate>().DemandAsync(http, request(http), operation, http.RequestAborted);
            return await next(context);
        });
    }

    /// <summary>When the endpoints are built, after whatever else was asked of them, in whatever order.</summary>
    private static void CheckIdempotent(EndpointBuilder endpoint)
    {
        if (!endpoint.Metadata.OfType<IdempotentEndpoint>().Any())
        {
            throw new InvalidOperationException(
                $"{endpoint.DisplayName} asks for presence and not for an idempotency key: add {nameof(IdempotencyFilter.RequireIdempotencyKey)}, else one proof lets it act once for each repetition.");
        }
    }
}
