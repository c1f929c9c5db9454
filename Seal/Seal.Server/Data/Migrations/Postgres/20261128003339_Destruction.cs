using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Yinxin.Seal.Server.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Destruction : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Seals_Owner_Type",
                table: "Seals");

            migrationBuilder.CreateIndex(
                name: "IX_Seals_Owner_Type",
                table: "Seals",
                columns: new[] { "Owner", "Type" },
                unique: true,
                filter: "\"State\" <> 'Destroyed'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Seals_Owner_Type",
                table: "Seals");

            migrationBuilder.CreateIndex(
                name: "IX_Seals_Owner_Type",
                table: "Seals",
                columns: new[] { "Owner", "Type" },
                unique: true);
        }
    }
}
