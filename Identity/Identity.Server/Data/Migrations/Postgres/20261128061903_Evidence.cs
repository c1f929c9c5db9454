using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Yinxin.Identity.Server.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Evidence : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Evidence_SubjectId",
                table: "Evidence");

            migrationBuilder.AddColumn<string>(
                name: "Hash",
                table: "Evidence",
                type: "character varying(64)",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Place",
                table: "Evidence",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "PreviousHash",
                table: "Evidence",
                type: "character varying(64)",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ReceiptCipher",
                table: "Evidence",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Result",
                table: "Evidence",
                type: "text",
                nullable: false,
                defaultValue: "Agreed");

            migrationBuilder.CreateTable(
                name: "AssurancePolicyVersions",
                columns: table => new
                {
                    Version = table.Column<int>(type: "integer", nullable: false),
                    Document = table.Column<string>(type: "text", nullable: false),
                    Digest = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    Note = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: false),
                    ProposedBy = table.Column<string>(type: "text", nullable: false),
                    ProposedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    ActivatedBy = table.Column<string>(type: "text", nullable: true),
                    ActivatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    RetiredAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_AssurancePolicyVersions", x => x.Version);
                });

            migrationBuilder.CreateTable(
                name: "Grades",
                columns: table => new
                {
                    SubjectId = table.Column<Guid>(type: "uuid", nullable: false),
                    Kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Level = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    PolicyVersion = table.Column<int>(type: "integer", nullable: false),
                    GradedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    ChangesAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Grades", x => x.SubjectId);
                });

            migrationBuilder.CreateTable(
                name: "Regradings",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    PolicyVersion = table.Column<int>(type: "integer", nullable: false),
                    DryRun = table.Column<bool>(type: "boolean", nullable: false),
                    State = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Total = table.Column<long>(type: "bigint", nullable: false),
                    Seen = table.Column<long>(type: "bigint", nullable: false),
                    Raised = table.Column<long>(type: "bigint", nullable: false),
                    Lowered = table.Column<long>(type: "bigint", nullable: false),
                    Cursor = table.Column<Guid>(type: "uuid", nullable: true),
                    Changes = table.Column<string>(type: "text", nullable: false),
                    Examples = table.Column<string>(type: "text", nullable: false),
                    StartedBy = table.Column<string>(type: "text", nullable: false),
                    StartedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    EndedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    HeldUntil = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    Turn = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Regradings", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Evidence_SubjectId_Place",
                table: "Evidence",
                columns: new[] { "SubjectId", "Place" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Grades_ChangesAt",
                table: "Grades",
                column: "ChangesAt");

            migrationBuilder.CreateIndex(
                name: "IX_Grades_Kind_Level",
                table: "Grades",
                columns: new[] { "Kind", "Level" });

            migrationBuilder.CreateIndex(
                name: "IX_Regradings_PolicyVersion",
                table: "Regradings",
                column: "PolicyVersion");

            migrationBuilder.CreateIndex(
                name: "IX_Regradings_State_StartedAt",
                table: "Regradings",
                columns: new[] { "State", "StartedAt" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "AssurancePolicyVersions");

            migrationBuilder.DropTable(
                name: "Grades");

            migrationBuilder.DropTable(
                name: "Regradings");

            migrationBuilder.DropIndex(
                name: "IX_Evidence_SubjectId_Place",
                table: "Evidence");

            migrationBuilder.DropColumn(
                name: "Hash",
                table: "Evidence");

            migrationBuilder.DropColumn(
                name: "Place",
                table: "Evidence");

            migrationBuilder.DropColumn(
                name: "PreviousHash",
                table: "Evidence");

            migrationBuilder.DropColumn(
                name: "ReceiptCipher",
                table: "Evidence");

            migrationBuilder.DropColumn(
                name: "Result",
                table: "Evidence");

            migrationBuilder.CreateIndex(
                name: "IX_Evidence_SubjectId",
                table: "Evidence",
                column: "SubjectId");
        }
    }
}
