using Microsoft.Extensions.Primitives;

namespace Yinxin.Identity.Server.Features.Protocol;

/// <summary>
/// What no endpoint of the protocol accepts, refused before the engine reads the request: a parameter given twice
/// (RFC 6749 §3.1, §3.2), a token in the address (RFC 9700 §4.3.2), a control character in a value.
/// </summary>
internal static class ParameterRules
{
    public static void UseParameterRules(this WebApplication app) => app.Use(async (context, next) =>
    {
        if (!context.Request.Path.StartsWithSegments("/connect", StringComparison.OrdinalIgnoreCase))
        {
            await next();
            return;
        }

        var query = context.Request.Query;
        IFormCollection? form;
        try
        {
            form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : null;
        }
        catch (InvalidDataException)
        {
            await RefuseAsync(context, "The body is malformed.");
            return;
        }

        var failure = query.ContainsKey("access_token") ? "A token must not stand in the address."
            : Failure(query) ?? (form is null ? null : Failure(form) ?? InBoth(query, form));
        if (failure is null)
        {
            await next();
            return;
        }

        await RefuseAsync(context, failure);
    });

    private static Task RefuseAsync(HttpContext context, string failure)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(new ErrorAnswer("invalid_request", failure), context.RequestAborted);
    }

    private static string? Failure(IEnumerable<KeyValuePair<string, StringValues>> parameters)
    {
        foreach (var (name, values) in parameters)
        {
            if (values.Count > 1)
            {
                return "A parameter is given more than once.";
            }

            if (values.ToString().Any(char.IsControl))
            {
                return "A parameter has a control character.";
            }
        }

        return null;
    }

    private static string? InBoth(IQueryCollection query, IFormCollection form) =>
        query.Keys.Any(form.ContainsKey) ? "A parameter is given both in the address and in the body." : null;

    private sealed record ErrorAnswer(
        [property: System.Text.Json.Serialization.JsonPropertyName("error")] string Error,
        [property: System.Text.Json.Serialization.JsonPropertyName("error_description")] string Description);
}
