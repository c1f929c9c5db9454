using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Polly;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.ServiceDefaults.Tokens;

/// <summary>Calls from one server to another, each with an access token of its own (RFC 6749 §4.4).</summary>
public static class ServiceTokens
{
    internal static IServiceCollection AddServiceTokens(this IServiceCollection services)
    {
        services.AddValidatedOptions<TokenSettings>(TokenSettings.Section);
        services.AddHttpClient(ServiceTokenSource.HttpClientName).AddStandardResilienceHandler();
        services.AddSingleton<ServiceTokenSource>();
        return services;
    }

    /// <summary>A typed HTTP client of another server: base address, scope, retries with time-outs for reads and for calls with an idempotency key.</summary>
    public static IHttpClientBuilder AddServiceClient<T>(this IServiceCollection services, Func<AddressSettings, Uri> address, string scope)
        where T : class
    {
        var builder = services.AddHttpClient<T>((provider, client) =>
            client.BaseAddress = new Uri(AddressSettings.Text(address(provider.GetRequiredService<IOptions<AddressSettings>>().Value)) + "/"));
        builder.AddHttpMessageHandler(provider => new ServiceTokenHandler(provider.GetRequiredService<ServiceTokenSource>(), scope));
        builder.AddStandardResilienceHandler(options =>
        {
            options.Retry.ShouldHandle = arguments => ValueTask.FromResult(
                RetryRules.MayRepeat(arguments.Context.GetRequestMessage()) && RetryRules.IsTransient(arguments.Outcome));
        });
        return builder;
    }
}

/// <summary>Keeps one token for each scope until shortly before it ends.</summary>
public sealed class ServiceTokenSource(IHttpClientFactory clients, IOptions<TokenSettings> settings, IOptions<AddressSettings> addresses, TimeProvider time)
{
    internal const string HttpClientName = "service-tokens";
    private readonly ConcurrentDictionary<string, Token> tokens = new(StringComparer.Ordinal);

    /// <summary>An access token for one scope (or several, divided by blanks).</summary>
    public async Task<string> GetAsync(string scope, CancellationToken cancellationToken)
    {
        if (tokens.TryGetValue(scope, out var known) && known.Until > time.GetUtcNow())
        {
            return known.Value;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, addresses.Value.Issuer + "/connect/token");
        var credentials = $"{Uri.EscapeDataString(settings.Value.ClientId)}:{Uri.EscapeDataString(settings.Value.ClientSecret)}";
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        request.Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", scope)]);
        using var response = await clients.CreateClient(HttpClientName).SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        var answer = await response.Content.ReadFromJsonAsync<TokenAnswer>(cancellationToken)
            ?? throw new InvalidOperationException("The token endpoint answered without a body.");
        var fresh = new Token(answer.AccessToken, time.GetUtcNow().AddSeconds(answer.ExpiresIn * 0.9));
        tokens[scope] = fresh;
        return fresh.Value;
    }

    /// <summary>The token was refused: the next call has another one.</summary>
    internal void Forget(string scope, string token)
    {
        if (tokens.TryGetValue(scope, out var known) && known.Value == token)
        {
            tokens.TryRemove(new KeyValuePair<string, Token>(scope, known));
        }
    }

    private sealed record Token(string Value, DateTimeOffset Until);

    private sealed record TokenAnswer(
        [property: JsonPropertyName("access_token")] string AccessToken,
        [property: JsonPropertyName("expires_in")] int ExpiresIn);
}

/// <summary>Puts the token on. One that is refused before its time, for the key that signed it was withdrawn, is not kept: the request is sent once more with another.</summary>
internal sealed class ServiceTokenHandler(ServiceTokenSource source, string scope) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Headers.Authorization is not null)
        {
            return await base.SendAsync(request, cancellationToken);
        }

        var token = await AuthorizeAsync(request, cancellationToken);
        var response = await base.SendAsync(request, cancellationToken);
        if (!IsRefused(response))
        {
            return response;
        }

        source.Forget(scope, token);

        // What was read from a stream is gone.
        if (request.Content is not (null or ByteArrayContent or JsonContent))
        {
            return response;
        }

        response.Dispose();
        await AuthorizeAsync(request, cancellationToken);
        return await base.SendAsync(request, cancellationToken);
    }

    /// <summary>RFC 6750 §3.1; another 401, as one that asks for presence, is not about the token.</summary>
    private static bool IsRefused(HttpResponseMessage response) => response.StatusCode == HttpStatusCode.Unauthorized && response.Headers.WwwAuthenticate.Any(
        c => string.Equals(c.Scheme, "Bearer", StringComparison.OrdinalIgnoreCase) && c.Parameter?.Contains("invalid_token", StringComparison.Ordinal) == true);

    private async Task<string> AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var token = await source.GetAsync(scope, cancellationToken);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return token;
    }
}
