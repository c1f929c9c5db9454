using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Yinxin.Identity.Server.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class WithdrawalsOfImportsAndKeys : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Proposals_Pending",
                table: "Proposals");

            migrationBuilder.DropIndex(
                name: "IX_Grades_ChangesAt",
                table: "Grades");

            migrationBuilder.AddColumn<DateTime>(
                name: "WithdrawnAt",
                table: "ProtocolKeys",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "WithdrawnAt",
                table: "Imports",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "ImportId",
                table: "Evidence",
                type: "uuid",
                nullable: true);

            migrationBuilder.AlterColumn<DateTime>(
                name: "Since",
                table: "CounterWithdrawals",
                type: "timestamp with time zone",
                nullable: true,
                oldClrType: typeof(DateTime),
                oldType: "timestamp with time zone");

            migrationBuilder.AlterColumn<Guid>(
                name: "OfficialId",
                table: "CounterWithdrawals",
                type: "uuid",
                nullable: true,
                oldClrType: typeof(Guid),
                oldType: "uuid");

            migrationBuilder.AddColumn<Guid>(
                name: "ImportId",
                table: "CounterWithdrawals",
                type: "uuid",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_Proposals_Pending",
                table: "Proposals",
                column: "SubjectId",
                unique: true,
                filter: "\"State\" = 'Pending' AND \"Kind\" NOT IN ('CounterRecord', 'CounterRecords', 'ImportRecords')");

            migrationBuilder.CreateIndex(
                name: "IX_Grades_ChangesAt_SubjectId",
                table: "Grades",
                columns: new[] { "ChangesAt", "SubjectId" });

            migrationBuilder.CreateIndex(
                name: "IX_Evidence_ImportId_SubjectId",
                table: "Evidence",
                columns: new[] { "ImportId", "SubjectId" },
                filter: "\"ImportId\" IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Proposals_Pending",
                table: "Proposals");

            migrationBuilder.DropIndex(
                name: "IX_Grades_ChangesAt_SubjectId",
                table: "Grades");

            migrationBuilder.DropIndex(
                name: "IX_Evidence_ImportId_SubjectId",
                table: "Evidence");

            migrationBuilder.DropColumn(
                name: "WithdrawnAt",
                table: "ProtocolKeys");

            migrationBuilder.DropColumn(
                name: "WithdrawnAt",
                table: "Imports");

            migrationBuilder.DropColumn(
                name: "ImportId",
                table: "Evidence");

            migrationBuilder.DropColumn(
                name: "ImportId",
                table: "CounterWithdrawals");

            migrationBuilder.AlterColumn<DateTime>(
                name: "Since",
                table: "CounterWithdrawals",
                type: "timestamp with time zone",
                nullable: false,
                defaultValue: new DateTime(1, 1, 1, 0, 0, 0, 0, DateTimeKind.Unspecified),
                oldClrType: typeof(DateTime),
                oldType: "timestamp with time zone",
                oldNullable: true);

            migrationBuilder.AlterColumn<Guid>(
                name: "OfficialId",
                table: "CounterWithdrawals",
                type: "uuid",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"),
                oldClrType: typeof(Guid),
                oldType: "uuid",
                oldNullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_Proposals_Pending",
                table: "Proposals",
                column: "SubjectId",
                unique: true,
                filter: "\"State\" = 'Pending' AND \"Kind\" NOT IN ('CounterRecord', 'CounterRecords')");

            migrationBuilder.CreateIndex(
                name: "IX_Grades_ChangesAt",
                table: "Grades",
                column: "ChangesAt");
        }
    }
}
