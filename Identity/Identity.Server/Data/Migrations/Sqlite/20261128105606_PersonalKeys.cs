using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Yinxin.Identity.Server.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class PersonalKeys : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "IdNumberIndexNext",
                table: "Persons",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "NameCipher",
                table: "Persons",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "PhoneIndexNext",
                table: "Persons",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "IndexVersion",
                table: "Mandates",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "InvitedNumberCipher",
                table: "Mandates",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "ClosingAt",
                table: "Accounts",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "DataKeys",
                columns: table => new
                {
                    Version = table.Column<int>(type: "INTEGER", nullable: false),
                    KeyCipher = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    RetiredAt = table.Column<DateTime>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DataKeys", x => x.Version);
                });

            migrationBuilder.CreateTable(
                name: "KeyRotations",
                columns: table => new
                {
                    Version = table.Column<int>(type: "INTEGER", nullable: false),
                    Phase = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Table = table.Column<string>(type: "TEXT", maxLength: 60, nullable: true),
                    Cursor = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    Total = table.Column<long>(type: "INTEGER", nullable: false),
                    Seen = table.Column<long>(type: "INTEGER", nullable: false),
                    StartedBy = table.Column<string>(type: "TEXT", nullable: false),
                    StartedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    PhaseAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    EndedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    HeldUntil = table.Column<DateTime>(type: "TEXT", nullable: true),
                    Turn = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_KeyRotations", x => x.Version);
                });

            migrationBuilder.CreateTable(
                name: "PersonSecrets",
                columns: table => new
                {
                    PersonId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Secret = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_PersonSecrets", x => x.PersonId);
                    table.ForeignKey(
                        name: "FK_PersonSecrets_Persons_PersonId",
                        column: x => x.PersonId,
                        principalTable: "Persons",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Persons_IdNumberIndexNext",
                table: "Persons",
                column: "IdNumberIndexNext",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Persons_PhoneIndexNext",
                table: "Persons",
                column: "PhoneIndexNext",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Mandates_IndexVersion_Id",
                table: "Mandates",
                columns: new[] { "IndexVersion", "Id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "DataKeys");

            migrationBuilder.DropTable(
                name: "KeyRotations");

            migrationBuilder.DropTable(
                name: "PersonSecrets");

            migrationBuilder.DropIndex(
                name: "IX_Persons_IdNumberIndexNext",
                table: "Persons");

            migrationBuilder.DropIndex(
                name: "IX_Persons_PhoneIndexNext",
                table: "Persons");

            migrationBuilder.DropIndex(
                name: "IX_Mandates_IndexVersion_Id",
                table: "Mandates");

            migrationBuilder.DropColumn(
                name: "IdNumberIndexNext",
                table: "Persons");

            migrationBuilder.DropColumn(
                name: "NameCipher",
                table: "Persons");

            migrationBuilder.DropColumn(
                name: "PhoneIndexNext",
                table: "Persons");

            migrationBuilder.DropColumn(
                name: "IndexVersion",
                table: "Mandates");

            migrationBuilder.DropColumn(
                name: "InvitedNumberCipher",
                table: "Mandates");

            migrationBuilder.DropColumn(
                name: "ClosingAt",
                table: "Accounts");
        }
    }
}
