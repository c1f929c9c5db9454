using Microsoft.EntityFrameworkCore;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Data;

/// <summary>What the console asks of tables that others made.</summary>
internal static class ConsoleModel
{
    /// <summary>Nobody holds two of the three administrators' roles: the database itself refuses such a row, whoever writes it.</summary>
    public const string OneAdministrator = "CK_StaffMembers_OneAdministrator";

    private static readonly string[] Administrators = ["system-administrator", "security-administrator", "audit-administrator"];

    /// <param name="model">Identity's model.</param>
    /// <param name="postgres">Lists are arrays there, JSON text in SQLite.</param>
    public static void AddConsole(this ModelBuilder model, bool postgres)
    {
        var held = string.Join(" + ", Administrators.Select(role => postgres
            ? $"('{role}' = ANY(\"Roles\"))::int"
            : $"(instr(\"Roles\", '\"{role}\"') > 0)"));
        model.Entity<StaffMember>().ToTable(table => table.HasCheckConstraint(OneAdministrator, $"{held} <= 1"));
        model.Entity<Account>().HasIndex(a => a.Id, "IX_Accounts_Frozen").HasFilter("\"FrozenAt\" IS NOT NULL");
        model.Entity<Account>().HasIndex(a => a.Id, "IX_Accounts_Staff").HasFilter("\"Kind\" = 1");
        model.Entity<Account>().HasIndex(a => a.Id, "IX_Accounts_ForeignPasswords").HasFilter("\"PasswordHash\" LIKE '$%'");

        // A page of the names that begin alike is read from the index, in its order, however many begin so.
        var names = model.Entity<Organisation>().HasIndex(o => new { o.Name, o.Id });
        if (postgres)
        {
            names.UseCollation(ByteOrder.Postgres);
        }

        model.Entity<AuditRecord>(record =>
        {
            record.HasIndex(r => new { r.SubjectId, r.Sequence });
            record.HasIndex(r => new { r.ActorId, r.Sequence });
            record.HasIndex(r => new { r.Action, r.Sequence });
            record.HasIndex(r => new { r.Result, r.Sequence });
            record.HasIndex(r => r.TraceId);
            var addresses = record.HasIndex(r => new { r.Address, r.Sequence });
            if (postgres)
            {
                addresses.UseCollation(ByteOrder.Postgres);
            }

            record.HasIndex(r => new { r.At, r.Sequence });

            // Asked with every grade that is shown, of subjects about whom the audit says very much else.
            record.HasIndex(r => new { r.SubjectId, r.Sequence }, "IX_AuditRecords_Evidence").HasFilter("\"Action\" IN ('evidence.recorded', 'evidence.adopted')");
        });
    }
}
