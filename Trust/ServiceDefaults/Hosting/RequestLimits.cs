using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;

namespace Yinxin.ServiceDefaults.Hosting;

/// <summary>Brakes against guessing: so many requests a minute from one address; what is more gets 429 with <c>Retry-After</c>.</summary>
public static class RequestLimits
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <param name="services">The app's services; the app also calls <c>UseRateLimiter</c>.</param>
    /// <param name="policy">What the endpoint names in <c>RequireRateLimiting</c>.</param>
    /// <param name="perMinute">Requests that one address may send in a minute.</param>
    /// <param name="counts">Which requests count; all by default.</param>
    public static IServiceCollection AddRequestLimit(this IServiceCollection services, string policy, int perMinute, Func<HttpContext, bool>? counts = null) =>
        services.AddRateLimiter(limits =>
        {
            limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limits.OnRejected = (rejected, _) =>
            {
                var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Window;
                rejected.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
                return ValueTask.CompletedTask;
            };
            limits.AddPolicy(policy, http => counts?.Invoke(http) == false
                ? RateLimitPartition.GetNoLimiter("")
                : RateLimitPartition.GetFixedWindowLimiter(
                    http.Connection.RemoteIpAddress?.ToString() ?? "",
                    _ => new FixedWindowRateLimiterOptions { PermitLimit = perMinute, Window = Window }));
        });
}
