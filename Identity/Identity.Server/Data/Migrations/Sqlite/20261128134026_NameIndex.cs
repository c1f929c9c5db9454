using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Yinxin.Identity.Server.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class NameIndex : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "NameIndex",
                table: "Persons",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Fault",
                table: "KeyRotations",
                type: "TEXT",
                maxLength: 200,
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "FaultAt",
                table: "KeyRotations",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_Persons_NameIndex_Id",
                table: "Persons",
                columns: new[] { "NameIndex", "Id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Persons_NameIndex_Id",
                table: "Persons");

            migrationBuilder.DropColumn(
                name: "NameIndex",
                table: "Persons");

            migrationBuilder.DropColumn(
                name: "Fault",
                table: "KeyRotations");

            migrationBuilder.DropColumn(
                name: "FaultAt",
                table: "KeyRotations");
        }
    }
}
