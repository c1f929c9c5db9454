using Xunit;

namespace Yinxin.Identity.Tests.Hosting;

/// <summary>One PostgreSQL for all suites: starting one costs seconds.</summary>
[CollectionDefinition(Name)]
public sealed class OnPostgres : ICollectionFixture<PostgresIdentity>
{
    public const string Name = "postgres";
}
