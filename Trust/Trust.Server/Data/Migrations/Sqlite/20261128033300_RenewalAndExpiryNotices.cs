using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Yinxin.Trust.Server.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class RenewalAndExpiryNotices : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Certificates_NotAfter",
                table: "Certificates");

            migrationBuilder.AddColumn<string>(
                name: "RenewedBy",
                table: "Certificates",
                type: "TEXT",
                maxLength: 40,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Renews",
                table: "Certificates",
                type: "TEXT",
                maxLength: 40,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "ExpiryMarks",
                columns: table => new
                {
                    Days = table.Column<int>(type: "INTEGER", nullable: false),
                    NotAfter = table.Column<DateTime>(type: "TEXT", nullable: false),
                    Authority = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    Serial = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ExpiryMarks", x => x.Days);
                });

            migrationBuilder.CreateTable(
                name: "ExpiryNotices",
                columns: table => new
                {
                    Number = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Authority = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    Serial = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Days = table.Column<int>(type: "INTEGER", nullable: false),
                    Profile = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    Subject = table.Column<string>(type: "TEXT", nullable: false),
                    NotAfter = table.Column<DateTime>(type: "TEXT", nullable: false),
                    Own = table.Column<string>(type: "TEXT", maxLength: 80, nullable: true),
                    CreatedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    AcknowledgedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    AcknowledgedBy = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    EndedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    EndReason = table.Column<string>(type: "TEXT", maxLength: 10, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ExpiryNotices", x => x.Number);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Certificates_NotAfter_Authority_Serial",
                table: "Certificates",
                columns: new[] { "NotAfter", "Authority", "Serial" });

            migrationBuilder.CreateIndex(
                name: "IX_ExpiryNotices_Authority_Serial_Days",
                table: "ExpiryNotices",
                columns: new[] { "Authority", "Serial", "Days" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_ExpiryNotices_EndedAt_Own",
                table: "ExpiryNotices",
                columns: new[] { "EndedAt", "Own" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "ExpiryMarks");

            migrationBuilder.DropTable(
                name: "ExpiryNotices");

            migrationBuilder.DropIndex(
                name: "IX_Certificates_NotAfter_Authority_Serial",
                table: "Certificates");

            migrationBuilder.DropColumn(
                name: "RenewedBy",
                table: "Certificates");

            migrationBuilder.DropColumn(
                name: "Renews",
                table: "Certificates");

            migrationBuilder.CreateIndex(
                name: "IX_Certificates_NotAfter",
                table: "Certificates",
                column: "NotAfter");
        }
    }
}
