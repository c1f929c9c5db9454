using System.ComponentModel.DataAnnotations;

namespace Yinxin.ServiceDefaults.Database;

/// <summary>The engine an app stores in. Section <c>Database</c>.</summary>
public sealed class DatabaseSettings
{
    public const string Section = "Database";

    /// <summary><c>sqlite</c> (one file under the data directory) or <c>postgres</c>.</summary>
    [Required, RegularExpression("sqlite|postgres", ErrorMessage = "must be sqlite or postgres.")]
    public string Provider { get; set; } = "sqlite";

    /// <summary>Needed for PostgreSQL; for SQLite a file under the data directory is used when it is missing.</summary>
    public string? ConnectionString { get; set; }
}
