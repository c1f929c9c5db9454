using Npgsql;
using Xunit;
using Yinxin.ServiceDefaults.Database;

namespace Yinxin.ServiceDefaults.Tests;

/// <summary>What the operator leaves open is set; what the operator says stands.</summary>
public sealed class PostgresConnectionTests
{
    [Fact]
    public void Statements_are_prepared_and_connections_kept_unless_the_operator_says_otherwise()
    {
        var tuned = new NpgsqlConnectionStringBuilder(PostgresConnections.Tuned("Host=localhost;Database=yinxin;Username=yinxin"));
        Assert.True(tuned.MaxAutoPrepare > 0);
        Assert.True(tuned.NoResetOnClose);
        Assert.Equal(("localhost", "yinxin", "yinxin"), (tuned.Host, tuned.Database, tuned.Username));
    }

    [Theory]
    [InlineData("Host=localhost;Max Auto Prepare=0;No Reset On Close=false", 0, false)]
    [InlineData("Host=localhost;max auto prepare=7;no reset on close=true", 7, true)]
    public void What_the_operator_says_stands(string connection, int prepared, bool kept)
    {
        var tuned = new NpgsqlConnectionStringBuilder(PostgresConnections.Tuned(connection));
        Assert.Equal((prepared, kept), (tuned.MaxAutoPrepare, tuned.NoResetOnClose));
    }
}
