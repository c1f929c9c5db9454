using System.Text;
using System.Text.Json;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Clients;

namespace Yinxin.Identity.Server.Features.Protocol.Token;

/// <summary>
/// RFC 6749 §4.4 for the plain and valid request: no database, no engine. Whatever is unusual, and every error, is left to the
/// engine behind it, so that there is one place that says no.
/// </summary>
internal static class ServiceTokenPath
{
    private static readonly HashSet<string> Known = ["grant_type", "scope", "client_id", "client_secret"];

    public static void UseServiceTokenPath(this WebApplication app)
    {
        var clients = app.Services.GetRequiredService<ClientCatalogue>();
        var writer = app.Services.GetRequiredService<ServiceTokenWriter>();
        app.Use((context, next) => context.Request.Path == ProtocolPaths.Token && HttpMethods.IsPost(context.Request.Method) && context.Request.HasFormContentType
            ? HandleAsync(context, next, clients, writer)
            : next(context));
    }

    private static async Task HandleAsync(HttpContext context, RequestDelegate next, ClientCatalogue clients, ServiceTokenWriter writer)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (form["grant_type"] != "client_credentials" || context.Request.QueryString.HasValue || form.Keys.Any(k => !Known.Contains(k)) ||
            Authenticate(context.Request, form, clients) is not { } client || Granted(client, form["scope"].ToString()) is not { Count: > 0 } scopes)
        {
            await next(context);
            return;
        }

        var response = context.Response;
        response.ContentType = "application/json;charset=UTF-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.Pragma = "no-cache";
        await using var json = new Utf8JsonWriter(response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("access_token", writer.Write(client.ClientId, scopes));
        json.WriteString("token_type", "Bearer");
        json.WriteNumber("expires_in", ServiceTokenWriter.LifeSeconds);
        json.WriteString("scope", string.Join(' ', scopes));
        json.WriteEndObject();
    }

    private static Client? Authenticate(HttpRequest request, IFormCollection form, ClientCatalogue clients)
    {
        var (id, secret) = request.Headers.Authorization is [{ } header]
            ? form.ContainsKey("client_secret") || form.ContainsKey("client_id") ? (null, null) : Basic(header)
            : (form["client_id"].ToString(), form["client_secret"].ToString());
        return clients.Find(id) is { IsPublic: false } client && client.GrantTypes.Contains("client_credentials") &&
            secret is { Length: > 0 } && ClientCatalogue.SecretMatches(client, secret)
            ? client
            : null;
    }

    /// <summary>RFC 6749 §2.3.1: both halves are form-encoded before they are joined.</summary>
    private static (string? Id, string? Secret) Basic(string header)
    {
        Span<byte> bytes = stackalloc byte[512];
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) || header.Length > 600 ||
            !Convert.TryFromBase64Chars(header.AsSpan(6), bytes, out var length))
        {
            return (null, null);
        }

        var text = Encoding.UTF8.GetString(bytes[..length]);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (null, null) : (Uri.UnescapeDataString(text[..colon]), Uri.UnescapeDataString(text[(colon + 1)..]));
    }

    /// <summary>The scopes asked for, or the client's own; null when one of them is not its, or is no service's.</summary>
    private static List<string>? Granted(Client client, string asked)
    {
        if (asked.Length == 0)
        {
            return client.Scopes.FindAll(ScopeCatalogue.IsForServices);
        }

        var scopes = asked.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).ToList();
        return scopes.TrueForAll(s => client.Scopes.Contains(s) && ScopeCatalogue.IsForServices(s)) ? scopes : null;
    }
}
