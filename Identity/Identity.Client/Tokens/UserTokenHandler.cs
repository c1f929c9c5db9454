using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Client.Assurance;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Client.Tokens;

/// <summary>
/// Sends the access token of the signed-in person with each call; it was renewed, if need be, when the request came in. Where the API takes it no longer all the same (a level fell in this
/// moment), a call that can be sent again is, with another token: one that was refused has done nothing. An answer that asks for more of the sign-in (RFC 9470) is no answer for the app but a
/// way for the person: <see cref="StepUpNeededException"/>.
/// </summary>
public sealed class UserTokenHandler(IHttpContextAccessor accessor) : DelegatingHandler
{
    /// <inheritdoc />
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string? sent = null;
        if (request.Headers.Authorization is null && accessor.HttpContext is { } context &&
            await TokenRefresh.CurrentAsync(context) is { } token)
        {
            sent = token;
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        var response = await base.SendAsync(request, cancellationToken);
        if (sent is not null && IsRefused(response) && CanBeSentAgain(request) && accessor.HttpContext is { } current &&
            await current.RequestServices.GetRequiredService<TokenRefresh>().ReplaceAsync(current, sent) is { } other)
        {
            response.Dispose();
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", other);
            response = await base.SendAsync(request, cancellationToken);
        }

        if (response.StatusCode == HttpStatusCode.Unauthorized && StepUpDemand.From(response.Headers.WwwAuthenticate) is { } demand)
        {
            response.Dispose();
            throw new StepUpNeededException(demand);
        }

        return response;
    }

    /// <summary>RFC 6750 §3.1.</summary>
    private static bool IsRefused(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.Unauthorized && response.Headers.WwwAuthenticate.Any(
            c => string.Equals(c.Scheme, "Bearer", StringComparison.OrdinalIgnoreCase) && c.Parameter?.Contains("error=\"invalid_token\"", StringComparison.Ordinal) == true);

    /// <summary>What was read from a stream is gone.</summary>
    private static bool CanBeSentAgain(HttpRequestMessage request) => request.Content is null or ByteArrayContent or JsonContent;
}

/// <summary>HTTP clients that act in the person's name.</summary>
public static class UserClients
{
    /// <summary>A typed HTTP client of another server that calls it with the signed-in person's token.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="address">Which server.</param>
    public static IHttpClientBuilder AddUserClient<T>(this IServiceCollection services, Func<AddressSettings, Uri> address)
        where T : class => services
        .AddHttpClient<T>((provider, client) =>
            client.BaseAddress = new Uri(AddressSettings.Text(address(provider.GetRequiredService<IOptions<AddressSettings>>().Value)) + "/"))
        .AddHttpMessageHandler<UserTokenHandler>();
}
