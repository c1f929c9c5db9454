using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Yinxin.Trust.Server.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class LogMonitor : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "MonitoredLogs",
                columns: table => new
                {
                    Origin = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    Size = table.Column<long>(type: "bigint", nullable: false),
                    Root = table.Column<byte[]>(type: "bytea", nullable: false),
                    Note = table.Column<byte[]>(type: "bytea", nullable: false),
                    VerifiedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    Alarm = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: true),
                    AlarmText = table.Column<string>(type: "text", nullable: true),
                    AlarmNote = table.Column<byte[]>(type: "bytea", nullable: true),
                    AlarmAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_MonitoredLogs", x => x.Origin);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "MonitoredLogs");
        }
    }
}
