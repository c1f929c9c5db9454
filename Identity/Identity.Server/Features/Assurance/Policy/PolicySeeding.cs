using System.Text;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Assurance.Policy;

/// <summary>A new installation begins with the policy that comes with it; of several nodes that start at once, one enters it.</summary>
internal sealed class PolicySeeding(IServiceScopeFactory scopes, TimeProvider time) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        if (await database.AssurancePolicyVersions.AnyAsync(cancellationToken))
        {
            return;
        }

        var document = Encoding.UTF8.GetString(AssurancePolicies.BuiltIn());
        AssurancePolicyReading.Read(Encoding.UTF8.GetBytes(document));
        var now = time.GetUtcNow();
        database.AssurancePolicyVersions.Add(new AssurancePolicyVersion
        {
            Version = 1,
            Document = document,
            Digest = AssurancePolicies.DigestOf(document),
            ProposedBy = "system",
            ProposedAt = now,
            ActivatedBy = "system",
            ActivatedAt = now,
        });
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            database.ChangeTracker.Clear();
            if (!await database.AssurancePolicyVersions.AnyAsync(cancellationToken))
            {
                throw;
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
