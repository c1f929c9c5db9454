using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.ServiceDefaults.Endings;

/// <summary><c>GET /api/endings</c> of Identity with this app's own token; <c>ETag</c> makes the usual answer an empty one.</summary>
internal sealed class HttpEndingsSource(IHttpClientFactory clients, ServiceTokenSource tokens, IOptions<TokenSettings> settings, IOptions<AddressSettings> addresses) : IEndingsSource
{
    internal const string HttpClientName = "endings";
    internal const string Scope = "identity.endings";
    private EntityTagHeaderValue? tag;

    public bool IsAvailable => settings.Value.ClientId.Length > 0;

    public async Task<EndingsPage?> ReadAsync(string? cursor, CancellationToken cancellationToken)
    {
        var query = cursor is null ? "" : "?after=" + Uri.EscapeDataString(cursor);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{addresses.Value.Issuer}/api/endings{query}");
        var token = await tokens.GetAsync(Scope, cancellationToken);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (tag is not null)
        {
            request.Headers.IfNoneMatch.Add(tag);
        }

        using var response = await clients.CreateClient(HttpClientName).SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotModified)
        {
            return null;
        }

        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            // Its key was withdrawn, which is what the next question hears.
            tokens.Forget(Scope, token);
        }

        response.EnsureSuccessStatusCode();
        var page = await response.Content.ReadFromJsonAsync<EndingsPage>(cancellationToken) ?? throw new InvalidOperationException("The feed of endings answered without a body.");
        tag = response.Headers.ETag;
        return page;
    }
}
