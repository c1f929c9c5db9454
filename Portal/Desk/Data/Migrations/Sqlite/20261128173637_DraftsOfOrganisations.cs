using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Yinxin.Desk.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class DraftsOfOrganisations : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropPrimaryKey(
                name: "PK_Drafts",
                table: "Drafts");

            migrationBuilder.AddColumn<string>(
                name: "Organisation",
                table: "Materials",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Organisation",
                table: "Drafts",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddPrimaryKey(
                name: "PK_Drafts",
                table: "Drafts",
                columns: new[] { "Subject", "Organisation", "ImplementationCode" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropPrimaryKey(
                name: "PK_Drafts",
                table: "Drafts");

            migrationBuilder.DropColumn(
                name: "Organisation",
                table: "Materials");

            migrationBuilder.DropColumn(
                name: "Organisation",
                table: "Drafts");

            migrationBuilder.AddPrimaryKey(
                name: "PK_Drafts",
                table: "Drafts",
                columns: new[] { "Subject", "ImplementationCode" });
        }
    }
}
