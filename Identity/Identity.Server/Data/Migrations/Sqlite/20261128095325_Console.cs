using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Yinxin.Identity.Server.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Console : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "InitialPassword",
                table: "StaffMembers",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "City",
                table: "Grades",
                type: "TEXT",
                maxLength: 4,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "AuditVerifications",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    From = table.Column<long>(type: "INTEGER", nullable: false),
                    To = table.Column<long>(type: "INTEGER", nullable: false),
                    Seen = table.Column<long>(type: "INTEGER", nullable: false),
                    LastHash = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    StartedBy = table.Column<Guid>(type: "TEXT", nullable: false),
                    StartedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    EndedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    FaultAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Fault = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    HeldUntil = table.Column<DateTime>(type: "TEXT", nullable: true),
                    Turn = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_AuditVerifications", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "LevelChanges",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    SubjectId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Was = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Level = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    At = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_LevelChanges", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "LevelDays",
                columns: table => new
                {
                    Day = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    City = table.Column<string>(type: "TEXT", maxLength: 4, nullable: false),
                    Level = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Change = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_LevelDays", x => new { x.Day, x.Kind, x.City, x.Level });
                });

            migrationBuilder.CreateTable(
                name: "LevelTotals",
                columns: table => new
                {
                    Kind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    City = table.Column<string>(type: "TEXT", maxLength: 4, nullable: false),
                    Level = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Count = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_LevelTotals", x => new { x.Kind, x.City, x.Level });
                });

            migrationBuilder.CreateTable(
                name: "Proposals",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    SubjectId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Explanation = table.Column<string>(type: "TEXT", maxLength: 500, nullable: false),
                    Roles = table.Column<string>(type: "TEXT", nullable: false),
                    Emergency = table.Column<bool>(type: "INTEGER", nullable: false),
                    ProposedBy = table.Column<Guid>(type: "TEXT", nullable: false),
                    ProposedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    ExpiresAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    DecidedBy = table.Column<Guid>(type: "TEXT", nullable: true),
                    DecidedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    DecisionNote = table.Column<string>(type: "TEXT", maxLength: 500, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Proposals", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Proposals_Accounts_SubjectId",
                        column: x => x.SubjectId,
                        principalTable: "Accounts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Unmaskings",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OfficialId = table.Column<Guid>(type: "TEXT", nullable: false),
                    AccountId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Field = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    At = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Unmaskings", x => x.Id);
                });

            // Whoever holds two of the three administrators' roles keeps none of them; they are given anew, by four eyes.
            migrationBuilder.Sql("""
                UPDATE "StaffMembers" SET "Roles" = (SELECT json_group_array(value) FROM json_each("StaffMembers"."Roles") WHERE value NOT IN ('system-administrator', 'security-administrator', 'audit-administrator')) WHERE (SELECT count(DISTINCT value) FROM json_each("StaffMembers"."Roles") WHERE value IN ('system-administrator', 'security-administrator', 'audit-administrator')) > 1
                """);

            migrationBuilder.AddCheckConstraint(
                name: "CK_StaffMembers_OneAdministrator",
                table: "StaffMembers",
                sql: "(instr(\"Roles\", '\"system-administrator\"') > 0) + (instr(\"Roles\", '\"security-administrator\"') > 0) + (instr(\"Roles\", '\"audit-administrator\"') > 0) <= 1");

            migrationBuilder.CreateIndex(
                name: "IX_AuditRecords_Action_Sequence",
                table: "AuditRecords",
                columns: new[] { "Action", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_AuditRecords_ActorId_Sequence",
                table: "AuditRecords",
                columns: new[] { "ActorId", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_AuditRecords_At_Sequence",
                table: "AuditRecords",
                columns: new[] { "At", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_AuditRecords_Result_Sequence",
                table: "AuditRecords",
                columns: new[] { "Result", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_AuditRecords_SubjectId_Sequence",
                table: "AuditRecords",
                columns: new[] { "SubjectId", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_AuditRecords_TraceId",
                table: "AuditRecords",
                column: "TraceId");

            migrationBuilder.CreateIndex(
                name: "IX_Accounts_Frozen",
                table: "Accounts",
                column: "Id",
                filter: "\"FrozenAt\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Accounts_Staff",
                table: "Accounts",
                column: "Id",
                filter: "\"Kind\" = 1");

            migrationBuilder.CreateIndex(
                name: "IX_AuditVerifications_EndedAt",
                table: "AuditVerifications",
                column: "EndedAt");

            migrationBuilder.CreateIndex(
                name: "IX_Proposals_Pending",
                table: "Proposals",
                column: "SubjectId",
                unique: true,
                filter: "\"State\" = 'Pending'");

            migrationBuilder.CreateIndex(
                name: "IX_Proposals_State_Id",
                table: "Proposals",
                columns: new[] { "State", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Proposals_SubjectId_Id",
                table: "Proposals",
                columns: new[] { "SubjectId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Unmaskings_OfficialId_At",
                table: "Unmaskings",
                columns: new[] { "OfficialId", "At" });

            // What was graded before is counted once, at the day of its grade.
            migrationBuilder.Sql("""
                INSERT INTO "LevelChanges" ("SubjectId", "Kind", "Was", "Level", "At") SELECT "SubjectId", "Kind", 'None', "Level", "GradedAt" FROM "Grades" WHERE "Level" <> 'None' ORDER BY "SubjectId"
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "AuditVerifications");

            migrationBuilder.DropTable(
                name: "LevelChanges");

            migrationBuilder.DropTable(
                name: "LevelDays");

            migrationBuilder.DropTable(
                name: "LevelTotals");

            migrationBuilder.DropTable(
                name: "Proposals");

            migrationBuilder.DropTable(
                name: "Unmaskings");

            migrationBuilder.DropCheckConstraint(
                name: "CK_StaffMembers_OneAdministrator",
                table: "StaffMembers");

            migrationBuilder.DropIndex(
                name: "IX_AuditRecords_Action_Sequence",
                table: "AuditRecords");

            migrationBuilder.DropIndex(
                name: "IX_AuditRecords_ActorId_Sequence",
                table: "AuditRecords");

            migrationBuilder.DropIndex(
                name: "IX_AuditRecords_At_Sequence",
                table: "AuditRecords");

            migrationBuilder.DropIndex(
                name: "IX_AuditRecords_Result_Sequence",
                table: "AuditRecords");

            migrationBuilder.DropIndex(
                name: "IX_AuditRecords_SubjectId_Sequence",
                table: "AuditRecords");

            migrationBuilder.DropIndex(
                name: "IX_AuditRecords_TraceId",
                table: "AuditRecords");

            migrationBuilder.DropIndex(
                name: "IX_Accounts_Frozen",
                table: "Accounts");

            migrationBuilder.DropIndex(
                name: "IX_Accounts_Staff",
                table: "Accounts");

            migrationBuilder.DropColumn(
                name: "InitialPassword",
                table: "StaffMembers");

            migrationBuilder.DropColumn(
                name: "City",
                table: "Grades");
        }
    }
}
