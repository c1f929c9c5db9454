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

    /// <summary>Nodes that may start in the same moment.</summary>
    private const int Attempts = 10;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; !await TellAsync(attempt == Attempts, cancellationToken); attempt++)
        {
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Names a change among all.</summary>
    public static string IdOf(PolicyRecord record) => FormattableString.Invariant($"{record.Name}/{record.Version}");

    /// <summary>Tells all that is new in one transaction.</summary>
    /// <returns>False when another node told of something in the same moment: what is left must be looked at anew, for that node may be of another release.</returns>
    private async Task<bool> TellAsync(bool isLast, CancellationToken cancellationToken)
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
            return true;
        }
        catch (DbUpdateException e) when (!isLast && (e is DbUpdateConcurrencyException || e.IsUniqueViolation()))
        {
            return false;
        }
    }
}
