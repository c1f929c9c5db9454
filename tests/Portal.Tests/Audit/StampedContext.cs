using Microsoft.EntityFrameworkCore;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;

namespace Yinxin.Portal.Tests.Audit;

/// <summary>The audit and the anchors of an app, and nothing else of it.</summary>
internal sealed class StampedContext(DbContextOptions options) : AuditedContext(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => configurationBuilder.UseUtcTimes();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddAudit().AddAuditAnchors();
}
