using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Yinxin.Trust.Server.Data.Migrations.Sqlite
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
                    Origin = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Size = table.Column<long>(type: "INTEGER", nullable: false),
                    Root = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Note = table.Column<byte[]>(type: "BLOB", nullable: false),
                    VerifiedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    Alarm = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    AlarmText = table.Column<string>(type: "TEXT", nullable: true),
                    AlarmNote = table.Column<byte[]>(type: "BLOB", nullable: true),
                    AlarmAt = table.Column<DateTime>(type: "TEXT", nullable: true)
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
