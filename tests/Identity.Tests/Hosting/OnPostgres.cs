using Xunit;

namespace Yinxin.Identity.Tests.Hosting;

/// <summary>One server on PostgreSQL for all suites, as <see cref="OnSqlite"/>.</summary>
[CollectionDefinition(Name)]
public sealed class OnPostgres : ICollectionFixture<PostgresIdentity>
{
    public const string Name = "postgres";
}
