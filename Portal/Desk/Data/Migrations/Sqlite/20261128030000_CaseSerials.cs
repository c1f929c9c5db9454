using Microsoft.EntityFrameworkCore.Migrations;
using Yinxin.ServiceDefaults.Database;

#nullable disable

namespace Yinxin.Desk.Data.Migrations.Sqlite
{
    /// <summary>Case numbers are counted by the database; materials say what they are for.</summary>
    [Replaces("20261124001034_Initial")]
    public partial class CaseSerials : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Key",
                table: "Materials",
                type: "TEXT",
                maxLength: 50,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "CaseSerials",
                columns: table => new
                {
                    Prefix = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Last = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_CaseSerials", x => x.Prefix);
                });

            // A case number is implementation code, eight digits of the day, serial: counting goes on where the cases stand.
            migrationBuilder.Sql("""
                INSERT INTO "CaseSerials" ("Prefix", "Last")
                SELECT substr("CaseNumber", 1, length("ImplementationCode") + 8), max(CAST(substr("CaseNumber", length("ImplementationCode") + 9) AS integer))
                FROM "Cases" GROUP BY 1
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "CaseSerials");

            migrationBuilder.DropColumn(
                name: "Key",
                table: "Materials");
        }
    }
}
