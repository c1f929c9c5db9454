using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Security;
using Yinxin.ServiceDefaults.Transparency;
using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Server.Features.Policies;

/// <summary>
/// Compares at each start the policies of this program with those that were in force before, and tells audit trail and transparency log of each that is new
/// or says something else: nobody can loosen a rule unseen, not even by a new release.
/// </summary>
internal sealed class PolicyJournal(IServiceScopeFactory scopes, IReadOnlyList<Policy> policies, TimeProvider time) : IHostedService
{
    /// <summary>Of the entries in the log.</summary>
    public const string Kind = "policy.changed";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<TrustContext>();
        var (audit, cipher) = (scope.ServiceProvider.GetRequiredService<IAuditTrail>(), scope.ServiceProvider.GetRequiredService<IDataCipher>());
        var known = await database.Set<PolicyRecord>().ToDictionaryAsync(p => p.Name, StringComparer.Ordinal, cancellationToken);
        var now = time.GetUtcNow();
        foreach (var policy in policies)
        {
            var digest = Convert.ToHexStringLower(SHA256.HashData(policy.Content));
            if (!known.TryGetValue(policy.Name, out var record))
            {
                database.Add(record = new PolicyRecord { Name = policy.Name });
            }
            else if (record.Digest == digest)
            {
                continue;
            }

            (record.Digest, record.Version, record.Since) = (digest, record.Version + 1, now);
            database.Add(LoggedEvent.Message((Kind, now), policy.Name, policy.Content, IdOf(record), cipher));
            audit.Add(new AuditEntry("trust.policy.changed", policy.Name, "trust", Details: new { digest, record.Version }));
        }

        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (e is DbUpdateConcurrencyException || e.IsUniqueViolation())
        {
            // Another node of this version started in the same moment and told of the same.
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Names a change among all.</summary>
    public static string IdOf(PolicyRecord record) => FormattableString.Invariant($"{record.Name}/{record.Version}");
}
