using Microsoft.EntityFrameworkCore;

namespace Yinxin.Identity.Server.Data;

/// <summary>
/// The order of text by its bytes, in which all that begins alike is one span of an index. A database's own language orders otherwise and passes over signs; PostgreSQL is told so in the index as in
/// the question, or it does not use the one for the other.
/// </summary>
internal static class ByteOrder
{
    public const string Postgres = "C";
    private const string Sqlite = "BINARY";

    /// <summary>The collation's name in this database.</summary>
    public static string Of(DbContext database) => database.Database.IsNpgsql() ? Postgres : Sqlite;

    /// <summary>What stands behind everything that begins so.</summary>
    public static string Behind(string beginning) => beginning + "\U0010FFFF";
}
