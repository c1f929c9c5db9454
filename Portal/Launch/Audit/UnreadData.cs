using System.Data.Common;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Yinxin.Launch.Audit;

/// <summary>Why something was not read: what the data are is a fault that somebody made, and of a database that did not answer nothing is known.</summary>
internal static class UnreadData
{
    private const int SqliteError = 1;
    private const int SqliteMismatch = 20;

    /// <summary>Whether a column holds what no server writes, or is not there.</summary>
    public static bool IsUnreadable(Exception exception) =>
        Loss(exception) is null && exception is DbException or InvalidOperationException or FormatException or InvalidCastException or JsonException;

    /// <summary>
    /// The connection, the time or the patience that was lost, however deep it lies: EF gives a lost connection to PostgreSQL out as an <see cref="InvalidOperationException"/>,
    /// like a column that cannot be read.
    /// </summary>
    /// <returns>Null when the database answered.</returns>
    public static Exception? Loss(Exception? exception) => exception switch
    {
        null => null,
        // An answer: there is no such table or column, or it is of another kind (classes 22 and 42). Whom it lets read nothing (42501) it tells nothing.
        PostgresException { SqlState: ['2', '2', ..] or ['4', '2', ..] and not "42501" } or SqliteException { SqliteErrorCode: SqliteError or SqliteMismatch } => null,
        DbException or SocketException or IOException or TimeoutException or OperationCanceledException or ObjectDisposedException => exception,
        _ => Loss(exception.InnerException),
    };
}
