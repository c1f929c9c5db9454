namespace Yinxin.ServiceDefaults.Database;

/// <summary>
/// On a migration: databases whose history names <paramref name="migration"/> already hold what this one makes, because a release
/// had made anew a migration that databases had been made by. Such a database is taken as having this migration, not migrated into a table that is there.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ReplacesAttribute(string migration) : Attribute
{
    /// <summary>Identifier of the withdrawn migration, as the history has it.</summary>
    public string Migration { get; } = migration;
}
