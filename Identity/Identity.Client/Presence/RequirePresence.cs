using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Identity.Client.Presence;

/// <summary>Presence for APIs.</summary>
public static class RequirePresenceExtensions
{
    /// <summary>The gate, with a service token of the app's own client (scope <c>identity.presence</c>).</summary>
    public static IHttpClientBuilder AddPresence(this IServiceCollection services) =>
        services.AddServiceClient<PresenceGate>(addresses => addresses.Identity, "identity.presence");

    /// <summary>
    /// Demands presence of every request to these endpoints, right before the handler. An <c>Idempotency-Key</c> header names the execution; without one each
    /// request is an execution of its own. Where the handler can still refuse, call <see cref="PresenceGate.DemandAsync"/> in it instead.
    /// </summary>
    /// <param name="builder">The endpoints.</param>
    /// <param name="request">What is about to be done, from the request alone.</param>
    public static TBuilder RequirePresence<TBuilder>(this TBuilder builder, Func<HttpContext, PresenceRequest> request)
        where TBuilder : IEndpointConventionBuilder => builder.AddEndpointFilter<TBuilder>(async (context, next) =>
    {
        var http = context.HttpContext;
        var operation = http.Request.Headers["Idempotency-Key"].ToString() is { Length: > 0 and <= 200 } key ? key : Guid.NewGuid().ToString();
        await http.RequestServices.GetRequiredService<PresenceGate>().DemandAsync(http, request(http), operation, http.RequestAborted);
        return await next(context);
    });
}
