using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Yinxin.Identity.Server.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class FreezesAndWithdrawals : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Proposals_Pending",
                table: "Proposals");

            migrationBuilder.AddColumn<int>(
                name: "AgainstVersion",
                table: "Regradings",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Sessions",
                table: "Regradings",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "PhoneSessionId",
                table: "QrSignIns",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "EvidenceId",
                table: "Proposals",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "FreezeId",
                table: "Proposals",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "Since",
                table: "Proposals",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "RecordedAt",
                table: "Evidence",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "RequestCipher",
                table: "ClaimRequests",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.CreateTable(
                name: "CounterWithdrawals",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OfficialId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Since = table.Column<DateTime>(type: "TEXT", nullable: false),
                    DecidedBy = table.Column<Guid>(type: "TEXT", nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Total = table.Column<long>(type: "INTEGER", nullable: false),
                    Seen = table.Column<long>(type: "INTEGER", nullable: false),
                    Withdrawn = table.Column<long>(type: "INTEGER", nullable: false),
                    Cursor = table.Column<Guid>(type: "TEXT", nullable: true),
                    StartedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    EndedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    HeldUntil = table.Column<DateTime>(type: "TEXT", nullable: true),
                    Turn = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_CounterWithdrawals", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "EvidenceReferences",
                columns: table => new
                {
                    EvidenceId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Reference = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_EvidenceReferences", x => x.EvidenceId);
                    table.ForeignKey(
                        name: "FK_EvidenceReferences_Evidence_EvidenceId",
                        column: x => x.EvidenceId,
                        principalTable: "Evidence",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "FactorTickets",
                columns: table => new
                {
                    AccountId = table.Column<Guid>(type: "TEXT", nullable: false),
                    ProposalId = table.Column<Guid>(type: "TEXT", nullable: false),
                    CodeHash = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    IssuedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    ValidUntil = table.Column<DateTime>(type: "TEXT", nullable: false),
                    SessionId = table.Column<Guid>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_FactorTickets", x => x.AccountId);
                    table.ForeignKey(
                        name: "FK_FactorTickets_Accounts_AccountId",
                        column: x => x.AccountId,
                        principalTable: "Accounts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "StandingFreezes",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    AccountId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    Since = table.Column<DateTime>(type: "TEXT", nullable: false),
                    SetBy = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    ProposalId = table.Column<Guid>(type: "TEXT", nullable: true),
                    DisputeId = table.Column<Guid>(type: "TEXT", nullable: true),
                    LiftedAt = table.Column<DateTime>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_StandingFreezes", x => x.Id);
                    table.ForeignKey(
                        name: "FK_StandingFreezes_Accounts_AccountId",
                        column: x => x.AccountId,
                        principalTable: "Accounts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_StandingFreezes_Disputes_DisputeId",
                        column: x => x.DisputeId,
                        principalTable: "Disputes",
                        principalColumn: "Id");
                    table.ForeignKey(
                        name: "FK_StandingFreezes_Proposals_ProposalId",
                        column: x => x.ProposalId,
                        principalTable: "Proposals",
                        principalColumn: "Id");
                });

            migrationBuilder.CreateIndex(
                name: "IX_Unmaskings_AccountId_At",
                table: "Unmaskings",
                columns: new[] { "AccountId", "At" });

            migrationBuilder.CreateIndex(
                name: "IX_StaffMembers_Name",
                table: "StaffMembers",
                column: "Name");

            migrationBuilder.CreateIndex(
                name: "IX_Proposals_Pending",
                table: "Proposals",
                column: "SubjectId",
                unique: true,
                filter: "\"State\" = 'Pending' AND \"Kind\" NOT IN ('CounterRecord', 'CounterRecords')");

            migrationBuilder.CreateIndex(
                name: "IX_Evidence_Counter",
                table: "Evidence",
                columns: new[] { "AssuredBy", "Id" },
                filter: "\"Kind\" = 'counter'");

            migrationBuilder.CreateIndex(
                name: "IX_AuditRecords_Evidence",
                table: "AuditRecords",
                columns: new[] { "SubjectId", "Sequence" },
                filter: "\"Action\" IN ('evidence.recorded', 'evidence.adopted')");

            migrationBuilder.CreateIndex(
                name: "IX_Accounts_ForeignPasswords",
                table: "Accounts",
                column: "Id",
                filter: "\"PasswordHash\" LIKE '$%'");

            migrationBuilder.CreateIndex(
                name: "IX_CounterWithdrawals_State_StartedAt",
                table: "CounterWithdrawals",
                columns: new[] { "State", "StartedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_EvidenceReferences_Reference",
                table: "EvidenceReferences",
                column: "Reference");

            migrationBuilder.CreateIndex(
                name: "IX_StandingFreezes_AccountId_LiftedAt",
                table: "StandingFreezes",
                columns: new[] { "AccountId", "LiftedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_StandingFreezes_DisputeId",
                table: "StandingFreezes",
                column: "DisputeId");

            migrationBuilder.CreateIndex(
                name: "IX_StandingFreezes_Kind",
                table: "StandingFreezes",
                columns: new[] { "AccountId", "Kind" },
                unique: true,
                filter: "\"LiftedAt\" IS NULL AND \"Kind\" <> 'Officials'");

            migrationBuilder.CreateIndex(
                name: "IX_StandingFreezes_Proposal",
                table: "StandingFreezes",
                column: "ProposalId",
                unique: true,
                filter: "\"LiftedAt\" IS NULL");

            migrationBuilder.TakeOverFreezes();

            // They live for a day and were not encrypted: whoever is signed in is asked for them anew.
            migrationBuilder.Sql("DELETE FROM \"ClaimRequests\"");

            migrationBuilder.DropColumn(
                name: "FormerFreeze",
                table: "Disputes");

            migrationBuilder.DropColumn(
                name: "Request",
                table: "ClaimRequests");

            migrationBuilder.DropColumn(
                name: "NextFreeze",
                table: "Accounts");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "CounterWithdrawals");

            migrationBuilder.DropTable(
                name: "EvidenceReferences");

            migrationBuilder.DropTable(
                name: "FactorTickets");

            migrationBuilder.DropTable(
                name: "StandingFreezes");

            migrationBuilder.DropIndex(
                name: "IX_Unmaskings_AccountId_At",
                table: "Unmaskings");

            migrationBuilder.DropIndex(
                name: "IX_StaffMembers_Name",
                table: "StaffMembers");

            migrationBuilder.DropIndex(
                name: "IX_Proposals_Pending",
                table: "Proposals");

            migrationBuilder.DropIndex(
                name: "IX_Evidence_Counter",
                table: "Evidence");

            migrationBuilder.DropIndex(
                name: "IX_AuditRecords_Evidence",
                table: "AuditRecords");

            migrationBuilder.DropIndex(
                name: "IX_Accounts_ForeignPasswords",
                table: "Accounts");

            migrationBuilder.DropColumn(
                name: "AgainstVersion",
                table: "Regradings");

            migrationBuilder.DropColumn(
                name: "Sessions",
                table: "Regradings");

            migrationBuilder.DropColumn(
                name: "PhoneSessionId",
                table: "QrSignIns");

            migrationBuilder.DropColumn(
                name: "EvidenceId",
                table: "Proposals");

            migrationBuilder.DropColumn(
                name: "FreezeId",
                table: "Proposals");

            migrationBuilder.DropColumn(
                name: "Since",
                table: "Proposals");

            migrationBuilder.DropColumn(
                name: "RecordedAt",
                table: "Evidence");

            migrationBuilder.DropColumn(
                name: "RequestCipher",
                table: "ClaimRequests");

            migrationBuilder.AddColumn<string>(
                name: "FormerFreeze",
                table: "Disputes",
                type: "TEXT",
                maxLength: 60,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Request",
                table: "ClaimRequests",
                type: "TEXT",
                maxLength: 8192,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "NextFreeze",
                table: "Accounts",
                type: "TEXT",
                maxLength: 60,
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_Proposals_Pending",
                table: "Proposals",
                column: "SubjectId",
                unique: true,
                filter: "\"State\" = 'Pending'");
        }
    }
}
