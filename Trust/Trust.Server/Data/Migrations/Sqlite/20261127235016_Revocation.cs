using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Yinxin.Trust.Server.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Revocation : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTime>(
                name: "InvalidityDate",
                table: "Certificates",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "NotAfter",
                table: "Certificates",
                type: "TEXT",
                nullable: false,
                defaultValue: new DateTime(1, 1, 1, 0, 0, 0, 0, DateTimeKind.Unspecified));

            migrationBuilder.AddColumn<DateTime>(
                name: "NotBefore",
                table: "Certificates",
                type: "TEXT",
                nullable: false,
                defaultValue: new DateTime(1, 1, 1, 0, 0, 0, 0, DateTimeKind.Unspecified));

            migrationBuilder.AddColumn<int>(
                name: "Partition",
                table: "Certificates",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "Status",
                table: "Certificates",
                type: "TEXT",
                maxLength: 10,
                nullable: false,
                defaultValue: "Valid");

            // Every certificate so far was made by this rule; its bytes say the same.
            migrationBuilder.Sql("""
                UPDATE "Certificates" SET "NotBefore" = strftime('%Y-%m-%d %H:%M:%S', "IssuedAt", '-5 minutes'), "NotAfter" = strftime('%Y-%m-%d %H:%M:%S', "IssuedAt", (CASE "Profile" WHEN 'department' THEN 1095 WHEN 'pdf-signer' THEN 1095 WHEN 'seal-maker' THEN 1825 WHEN 'seal-signer' THEN 365 WHEN 'tls' THEN 90 ELSE 1825 END) || ' days')
                """);

            migrationBuilder.CreateTable(
                name: "OcspResponders",
                columns: table => new
                {
                    Authority = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    Serial = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Certificate = table.Column<byte[]>(type: "BLOB", nullable: false),
                    EncryptedKey = table.Column<byte[]>(type: "BLOB", nullable: false),
                    NotAfter = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_OcspResponders", x => new { x.Authority, x.Serial });
                });

            migrationBuilder.CreateTable(
                name: "PublishedLists",
                columns: table => new
                {
                    Authority = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    Partition = table.Column<int>(type: "INTEGER", nullable: false),
                    Delta = table.Column<bool>(type: "INTEGER", nullable: false),
                    Number = table.Column<long>(type: "INTEGER", nullable: false),
                    Changes = table.Column<long>(type: "INTEGER", nullable: false),
                    ThisUpdate = table.Column<DateTime>(type: "TEXT", nullable: false),
                    NextUpdate = table.Column<DateTime>(type: "TEXT", nullable: false),
                    Scheduled = table.Column<bool>(type: "INTEGER", nullable: false),
                    Der = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_PublishedLists", x => new { x.Authority, x.Partition, x.Delta, x.Number });
                });

            migrationBuilder.CreateTable(
                name: "RevocationEvents",
                columns: table => new
                {
                    Authority = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    Sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    Serial = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Status = table.Column<string>(type: "TEXT", maxLength: 10, nullable: false),
                    Reason = table.Column<int>(type: "INTEGER", nullable: false),
                    InvalidityDate = table.Column<DateTime>(type: "TEXT", nullable: true),
                    Actor = table.Column<string>(type: "TEXT", nullable: false),
                    At = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RevocationEvents", x => new { x.Authority, x.Sequence });
                });

            migrationBuilder.CreateTable(
                name: "RevocationStates",
                columns: table => new
                {
                    Authority = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    Changes = table.Column<long>(type: "INTEGER", nullable: false),
                    ListNumber = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RevocationStates", x => x.Authority);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Certificates_IssuedAt_Authority_Serial",
                table: "Certificates",
                columns: new[] { "IssuedAt", "Authority", "Serial" });

            migrationBuilder.CreateIndex(
                name: "IX_Certificates_NotAfter",
                table: "Certificates",
                column: "NotAfter");

            migrationBuilder.CreateIndex(
                name: "IX_RevocationEvents_Authority_Serial",
                table: "RevocationEvents",
                columns: new[] { "Authority", "Serial" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "OcspResponders");

            migrationBuilder.DropTable(
                name: "PublishedLists");

            migrationBuilder.DropTable(
                name: "RevocationEvents");

            migrationBuilder.DropTable(
                name: "RevocationStates");

            migrationBuilder.DropIndex(
                name: "IX_Certificates_IssuedAt_Authority_Serial",
                table: "Certificates");

            migrationBuilder.DropIndex(
                name: "IX_Certificates_NotAfter",
                table: "Certificates");

            migrationBuilder.DropColumn(
                name: "InvalidityDate",
                table: "Certificates");

            migrationBuilder.DropColumn(
                name: "NotAfter",
                table: "Certificates");

            migrationBuilder.DropColumn(
                name: "NotBefore",
                table: "Certificates");

            migrationBuilder.DropColumn(
                name: "Partition",
                table: "Certificates");

            migrationBuilder.DropColumn(
                name: "Status",
                table: "Certificates");
        }
    }
}
