using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Yinxin.Identity.Client.SignIn;
using Yinxin.ServiceDefaults.Endings;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Client.Tokens;

/// <summary>
/// Renews a person's tokens shortly before they end, once for all requests that wait, and takes over what the new ID token says:
/// level, organisation and roles are never older than an access token. A refused refresh ends the app's session.
/// </summary>
internal sealed class TokenRefresh(
    IHttpClientFactory clients, IOptions<AddressSettings> addresses, TicketStore store, EndedTokens ended, TimeProvider time, YinxinSignInOptions options) : IDisposable
{
    internal const string HttpClientName = "yinxin-token-refresh";
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(45);
    private readonly ConcurrentDictionary<string, Lazy<Task<AuthenticationTicket?>>> running = new(StringComparer.Ordinal);

    public void Dispose() => running.Clear();

    public async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        if (HasEnded(context.Properties))
        {
            // A sign-out elsewhere, a mandate that ended, a frozen account: at once, not when the token runs out.
            if (context.Properties.Items.TryGetValue(TicketStore.KeyItem, out var dead) && dead is not null)
            {
                await store.RemoveAsync(dead);
            }

            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(YinxinSignIn.CookieScheme);
            return;
        }

        if (!IsDue(context.Properties))
        {
            return;
        }

        if (context.Properties.Items.TryGetValue(TicketStore.KeyItem, out var key) && key is not null && await RefreshOnceAsync(key) is { } fresh)
        {
            context.ReplacePrincipal(fresh.Principal);
            context.Properties.StoreTokens(fresh.Properties.GetTokens());
            return;
        }

        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(YinxinSignIn.CookieScheme);
    }

    private bool HasEnded(AuthenticationProperties properties) =>
        properties.GetTokenValue("access_token") is { } token && ended.Contains(new JsonWebToken(token).Claims);

    private bool IsDue(AuthenticationProperties properties) =>
        DateTimeOffset.TryParse(properties.GetTokenValue("expires_at"), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var end) &&
        time.GetUtcNow() + Ahead >= end;

    /// <summary>A refresh token may be spent once: whoever comes second waits for the first.</summary>
    private async Task<AuthenticationTicket?> RefreshOnceAsync(string key)
    {
        var mine = running.GetOrAdd(key, k => new Lazy<Task<AuthenticationTicket?>>(() => RefreshAsync(k)));
        try
        {
            return await mine.Value;
        }
        finally
        {
            running.TryRemove(new KeyValuePair<string, Lazy<Task<AuthenticationTicket?>>>(key, mine));
        }
    }

    private async Task<AuthenticationTicket?> RefreshAsync(string key)
    {
        if (await store.RetrieveAsync(key) is not { } ticket)
        {
            return null;
        }

        if (!IsDue(ticket.Properties))
        {
            return ticket;
        }

        if (ticket.Properties.GetTokenValue("refresh_token") is not { } refreshToken || await AskAsync(refreshToken) is not { } answer)
        {
            await store.RemoveAsync(key);
            return null;
        }

        var tokens = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["access_token"] = answer.GetProperty("access_token").GetString(),
            ["refresh_token"] = answer.TryGetProperty("refresh_token", out var next) ? next.GetString() : refreshToken,
            ["id_token"] = answer.TryGetProperty("id_token", out var id) ? id.GetString() : ticket.Properties.GetTokenValue("id_token"),
            ["expires_at"] = time.GetUtcNow().AddSeconds(answer.GetProperty("expires_in").GetInt32()).ToString("o", CultureInfo.InvariantCulture),
        };
        ticket.Properties.StoreTokens(tokens.Where(t => t.Value is not null).Select(t => new AuthenticationToken { Name = t.Key, Value = t.Value! }));
        var fresh = new AuthenticationTicket(Principal(tokens["id_token"]!, ticket.Principal), ticket.Properties, ticket.AuthenticationScheme);
        await store.RenewAsync(key, fresh);
        return fresh;
    }

    private async Task<JsonElement?> AskAsync(string refreshToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, addresses.Value.Issuer + "/connect/token");
        request.Content = new FormUrlEncodedContent(
        [
            new("grant_type", "refresh_token"), new("refresh_token", refreshToken),
            new("client_id", options.ClientId), new("client_secret", options.ClientSecret),
        ]);
        using var response = await clients.CreateClient(HttpClientName).SendAsync(request);
        if ((int)response.StatusCode >= 500)
        {
            // Identity is in trouble, not the session: the request fails, the person stays signed in.
            response.EnsureSuccessStatusCode();
        }

        return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<JsonElement>() : null;
    }

    /// <summary>OIDC Core §3.1.3.7: fetched from the token endpoint itself, so the connection vouches for it; it must name the same person.</summary>
    private static ClaimsPrincipal Principal(string idToken, ClaimsPrincipal former)
    {
        var token = new JsonWebToken(idToken);
        if (token.Subject != former.FindFirst("sub")?.Value)
        {
            throw new InvalidOperationException("The refreshed ID token names another person.");
        }

        return new ClaimsPrincipal(new ClaimsIdentity(token.Claims, YinxinSignIn.CookieScheme, "name", "role"));
    }
}
