using Microsoft.EntityFrameworkCore;

namespace Yinxin.ServiceDefaults.Audit;

/// <summary>A context whose model holds the audit table (<see cref="AuditModel.AddAudit"/>).</summary>
public abstract class AuditedContext(DbContextOptions options) : DbContext(options)
{
    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default) =>
        AuditChain.SaveAsync(this, acceptAllChangesOnSuccess, accept => base.SaveChangesAsync(accept, cancellationToken), cancellationToken);

    /// <summary>Not offered: waiting for one's turn in the chain would block a thread.</summary>
    public override int SaveChanges(bool acceptAllChangesOnSuccess) => throw new NotSupportedException($"Use {nameof(SaveChangesAsync)}.");
}
