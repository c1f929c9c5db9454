using Xunit;

namespace Yinxin.Identity.Tests.Hosting;

/// <summary>One server on SQLite for all suites, beside the one on PostgreSQL: a server for each class would take as long to start as its tests take.</summary>
[CollectionDefinition(Name)]
public sealed class OnSqlite : ICollectionFixture<SqliteIdentity>
{
    public const string Name = "sqlite";
}
