using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Yinxin.Trust.Server.Data.Migrations.Postgres
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
                type: "character varying(40)",
                maxLength: 40,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Renews",
                table: "Certificates",
                type: "character varying(40)",
                maxLength: 40,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "ExpiryMarks",
                columns: table => new
                {
                    Days = table.Column<int>(type: "integer", nullable: false),
                    NotAfter = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    Authority = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    Serial = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ExpiryMarks", x => x.Days);
                });

            migrationBuilder.CreateTable(
                name: "ExpiryNotices",
                columns: table => new
                {
                    Number = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Authority = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    Serial = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    Days = table.Column<int>(type: "integer", nullable: false),
                    Profile = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    Subject = table.Column<string>(type: "text", nullable: false),
                    NotAfter = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    Own = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: true),
                    CreatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    AcknowledgedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    AcknowledgedBy = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    EndedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    EndReason = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: true)
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
