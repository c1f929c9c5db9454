using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Yinxin.Trust.Server.Features.Authorities;

/// <summary>Degraded while the offline root owes certificates of CAs without which the server works.</summary>
internal sealed class AuthorityHealth(AuthorityStore authorities) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        authorities.Owed.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded("The offline root owes certificates for " + string.Join(", ", authorities.Owed)));
}
