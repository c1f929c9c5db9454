using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Yinxin.Identity.Client.SignIn;
using Yinxin.ServiceDefaults.Endings;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Client.Tokens;

/// <summary>
/// Renews a person's tokens shortly before they end, or as soon as they say what is no longer true (a level fell) or their key was withdrawn, once for all requests that wait and for all nodes
/// that share the tickets, and takes over what the new ID token says: level, organisation and roles are never older than an access token. A refused refresh ends the app's session.
/// </summary>
internal sealed class TokenRefresh(
    IHttpClientFactory clients, IOptions<AddressSettings> addresses, TicketStore store, RefreshTurns turns, EndedTokens ended, TimeProvider time, YinxinSignInOptions options) : IDisposable
{
    internal const string HttpClientName = "yinxin-token-refresh";
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(45);

    /// <summary>A token that lives shortly (what carries its level runs out) is renewed in the last quarter of its life, or every request would renew it.</summary>
    private const int LastPart = 4;

    /// <summary>What concerns everybody (another policy) is heard by all apps in one second: each sign-in renews at a moment of its own in the next one, in good time before an API refuses.</summary>
    private const int SpreadMilliseconds = 1000;
    private const int LastBytesOfKey = 12;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private const int MostPauses = 100;

    /// <summary>
    /// An API that refuses even what was made just now refuses for another reason: nobody goes round in circles for it. Shorter than an API goes on taking what was made before a change
    /// (<see cref="EndedTokens.AppsFirst"/>), or a token made right before it would be too young to be replaced.
    /// </summary>
    private static readonly TimeSpan JustNow = TimeSpan.FromSeconds(2);
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

    /// <summary>
    /// For a token that an API has refused although it lives: the API heard of something before this app did. The request goes on with what the new tokens say.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="refused">The access token that was sent.</param>
    /// <returns>Another access token; null when there is none to be had.</returns>
    public async Task<string?> ReplaceAsync(HttpContext context, string refused)
    {
        if (time.GetUtcNow() - new DateTimeOffset(new JsonWebToken(refused).IssuedAt, TimeSpan.Zero) < JustNow ||
            (await context.AuthenticateAsync(YinxinSignIn.CookieScheme)).Properties is not { } properties ||
            !properties.Items.TryGetValue(TicketStore.KeyItem, out var key) || key is null ||
            await RefreshOnceAsync(key, refused) is not { } fresh || fresh.Properties.GetTokenValue("access_token") is not { } token || token == refused)
        {
            return null;
        }

        // Several calls of one request may come here at once; they share its properties.
        lock (properties)
        {
            properties.StoreTokens(fresh.Properties.GetTokens());
            if (context.User.FindFirst("sub")?.Value == fresh.Principal.FindFirst("sub")?.Value)
            {
                context.User = fresh.Principal;
            }
        }

        return token;
    }

    /// <summary>The access token to be sent in this request; null when nobody is signed in.</summary>
    /// <param name="context">The request.</param>
    public static async Task<string?> CurrentAsync(HttpContext context)
    {
        if ((await context.AuthenticateAsync(YinxinSignIn.CookieScheme)).Properties is not { } properties)
        {
            return null;
        }

        lock (properties)
        {
            return properties.GetTokenValue("access_token");
        }
    }

    private bool HasEnded(AuthenticationProperties properties) =>
        properties.GetTokenValue("access_token") is { } token && ended.Contains(new JsonWebToken(token).Claims);

    private bool IsDue(AuthenticationProperties properties, string? refused = null) => EndsWithin(properties, AheadOf(properties)) || IsOutdated(properties, refused);

    private static TimeSpan AheadOf(AuthenticationProperties properties)
    {
        if (properties.GetTokenValue("access_token") is not { } text)
        {
            return Ahead;
        }

        var token = new JsonWebToken(text);
        var part = (token.ValidTo - token.IssuedAt) / LastPart;
        return part < Ahead ? part : Ahead;
    }

    /// <summary>Soon enough that no API that hears of it as well refuses the person a page.</summary>
    private bool IsOutdated(AuthenticationProperties properties, string? refused)
    {
        if (properties.GetTokenValue("access_token") is not { } text)
        {
            return false;
        }

        var token = new JsonWebToken(text);
        return text == refused || ended.IsWithdrawn(token.Kid) || ended.IsOutdated(token.Claims, TurnOf(token));
    }

    /// <summary>The same for all tokens and all nodes of one sign-in, and spread evenly over all sign-ins.</summary>
    private static TimeSpan TurnOf(JsonWebToken token) => token.TryGetClaim("sid", out var sid) && Guid.TryParse(sid.Value, out var session)
        ? TimeSpan.FromMilliseconds((double)(BitConverter.ToUInt32(session.ToByteArray(), LastBytesOfKey) % SpreadMilliseconds))
        : TimeSpan.Zero;

    private bool EndsWithin(AuthenticationProperties properties, TimeSpan span) =>
        DateTimeOffset.TryParse(properties.GetTokenValue("expires_at"), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var end) &&
        time.GetUtcNow() + span >= end;

    /// <summary>A refresh token may be spent once: whoever comes second waits for the first.</summary>
    private async Task<AuthenticationTicket?> RefreshOnceAsync(string key, string? refused = null)
    {
        var mine = running.GetOrAdd(key, k => new Lazy<Task<AuthenticationTicket?>>(() => RefreshAsync(k, refused)));
        try
        {
            return await mine.Value;
        }
        finally
        {
            running.TryRemove(new KeyValuePair<string, Lazy<Task<AuthenticationTicket?>>>(key, mine));
        }
    }

    private async Task<AuthenticationTicket?> RefreshAsync(string key, string? refused)
    {
        for (var pauses = 0; pauses < MostPauses; pauses++)
        {
            var ticket = await store.RetrieveAsync(key);
            if (ticket is null || !IsDue(ticket.Properties, refused))
            {
                return ticket;
            }

            if (await turns.TryTakeAsync(key))
            {
                try
                {
                    return await RenewAsync(key, refused);
                }
                finally
                {
                    await turns.EndAsync(key);
                }
            }

            if (!EndsWithin(ticket.Properties, TimeSpan.Zero) && !IsOutdated(ticket.Properties, refused))
            {
                // Another node renews it, and its token lives a little longer.
                return ticket;
            }

            await Task.Delay(Pause);
        }

        // As when Identity does not answer: the request fails, the person stays signed in.
        throw new HttpRequestException("Another node renews the tokens and has not come to an end.");
    }

    /// <summary>In this node's turn. What another has done before it is read once more.</summary>
    private async Task<AuthenticationTicket?> RenewAsync(string key, string? refused)
    {
        var ticket = await store.RetrieveAsync(key);
        if (ticket is null || !IsDue(ticket.Properties, refused))
        {
            return ticket;
        }

        if (ticket.Properties.GetTokenValue("refresh_token") is not { } refreshToken)
        {
            await store.RemoveAsync(key);
            return null;
        }

        var (status, body) = await AskAsync(refreshToken);
        if (IsInTrouble(status) && refused is null && IsStillTaken(ticket.Properties))
        {
            // Asked again with the next request.
            return ticket;
        }

        if (IsInTrouble(status))
        {
            throw new HttpRequestException("Identity cannot renew the tokens now.", inner: null, status);
        }

        if (body is not { } answer)
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

    /// <summary>Identity is in trouble, or has too much to do, and not the session: the person stays signed in.</summary>
    private static bool IsInTrouble(HttpStatusCode status) => (int)status >= 500 || status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests;

    /// <summary>Whether every API still takes the token, so that the request can go on with it.</summary>
    private bool IsStillTaken(AuthenticationProperties properties) => !EndsWithin(properties, TimeSpan.Zero) &&
        properties.GetTokenValue("access_token") is { } text && new JsonWebToken(text) is var token && !ended.IsWithdrawn(token.Kid) && !ended.IsOutdated(token.Claims, EndedTokens.AppsFirst);

    private async Task<(HttpStatusCode Status, JsonElement? Body)> AskAsync(string refreshToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, addresses.Value.Issuer + "/connect/token");
        request.Content = new FormUrlEncodedContent(
        [
            new("grant_type", "refresh_token"), new("refresh_token", refreshToken),
            new("client_id", options.ClientId), new("client_secret", options.ClientSecret),
        ]);
        using var response = await clients.CreateClient(HttpClientName).SendAsync(request);
        JsonElement? body = response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<JsonElement>() : null;
        return (response.StatusCode, body);
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
