using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Yinxin.ServiceDefaults.Security;

/// <summary>Extra origins that forms of this app may end at (the redirects of a sign-in count as the form's target).</summary>
public sealed class FormTargets
{
    /// <summary>Origins such as <c>http://localhost:7100</c>.</summary>
    public ISet<string> Origins { get; } = new HashSet<string>(StringComparer.Ordinal);
}

/// <summary>The headers that keep pages from being framed, sniffed or fed foreign script.</summary>
public static class SecurityHeaders
{
    /// <summary>Adds the policy of <c>design/libraries.md</c> §1.5 to every response.</summary>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app)
    {
        var targets = app.ApplicationServices.GetService<FormTargets>() ?? new FormTargets();
        var formAction = string.Join(' ', targets.Origins.Prepend("'self'"));
        var policy = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; " +
            $"object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action {formAction}";
        return app.Use(async (context, next) =>
        {
            context.Response.OnStarting(() =>
            {
                var headers = context.Response.Headers;
                headers.TryAdd("Content-Security-Policy", policy);
                headers.XContentTypeOptions = "nosniff";
                headers.XFrameOptions = "DENY";
                headers.TryAdd("Referrer-Policy", "no-referrer");
                headers.TryAdd("Cross-Origin-Opener-Policy", "same-origin");
                headers.TryAdd("Cross-Origin-Resource-Policy", "same-origin");
                headers.TryAdd("Permissions-Policy", "camera=(self), geolocation=(), microphone=()");
                if (context.Request.IsHttps)
                {
                    headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
                }

                return Task.CompletedTask;
            });
            await next();
        });
    }
}
