using System.Text;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Endings;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Endings;

namespace Yinxin.Identity.Server.Features.Assurance.Policy;

/// <summary>
/// A new installation begins with the policy that comes with it. One that still runs an earlier of these unchanged follows to the new one (<see cref="BuiltInPolicies"/>);
/// one that has chosen its own is left alone. Of several nodes that start at once, one writes.
/// </summary>
internal sealed class PolicySeeding(IServiceScopeFactory scopes, TimeProvider time) : IHostedService
{
    private const string System = "system";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        var document = Encoding.UTF8.GetString(AssurancePolicies.BuiltIn());
        var builtIn = AssurancePolicyReading.Read(Encoding.UTF8.GetBytes(document));
        var digest = AssurancePolicies.DigestOf(document);
        var inForce = await database.AssurancePolicyVersions.AsNoTracking().Where(p => p.ActivatedAt != null && p.RetiredAt == null)
            .OrderByDescending(p => p.Version).FirstOrDefaultAsync(cancellationToken);
        if (inForce is not null && (!BuiltInPolicies.Earlier.Contains(inForce.Digest) || await database.AssurancePolicyVersions.AnyAsync(p => p.Digest == digest, cancellationToken)))
        {
            return;
        }

        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var now = time.GetUtcNow();
        var last = await database.AssurancePolicyVersions.MaxAsync(p => (int?)p.Version, cancellationToken) ?? 0;
        var atOnce = inForce is null || BuiltInPolicies.GradesAlike(AssurancePolicyReading.Read(Encoding.UTF8.GetBytes(inForce.Document)), builtIn);
        database.AssurancePolicyVersions.Add(new AssurancePolicyVersion
        {
            Version = last + 1,
            Document = document,
            Digest = digest,
            Note = inForce is null ? "" : BuiltInPolicies.Note,
            ProposedBy = System,
            ProposedAt = now,
            ActivatedBy = atOnce ? System : null,
            ActivatedAt = atOnce ? now : null,
        });
        if (inForce is not null)
        {
            scope.ServiceProvider.GetRequiredService<IAuditTrail>().Add(new AuditEntry(
                atOnce ? "policy.activated" : "policy.proposed", $"assurance-policy/{last + 1}", System, System, new { digest, former = inForce.Version, formerDigest = inForce.Digest }));
        }

        try
        {
            if (inForce is not null && atOnce)
            {
                scope.ServiceProvider.GetRequiredService<EndingsLog>().Add(EndedKinds.Policy, Guid.Empty, last + 1);
                await database.AssurancePolicyVersions.Where(p => p.Version == inForce.Version && p.RetiredAt == null)
                    .ExecuteUpdateAsync(p => p.SetProperty(x => x.RetiredAt, now), cancellationToken);
            }

            await database.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            await transaction.RollbackAsync(cancellationToken);
            database.ChangeTracker.Clear();
            if (!await database.AssurancePolicyVersions.AnyAsync(p => p.Digest == digest, cancellationToken))
            {
                throw;
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
