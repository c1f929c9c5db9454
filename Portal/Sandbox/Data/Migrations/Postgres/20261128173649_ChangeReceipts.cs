using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Yinxin.Sandbox.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class ChangeReceipts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Receipt",
                table: "RegisterChanges",
                type: "text",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Receipt",
                table: "RegisterChanges");
        }
    }
}
