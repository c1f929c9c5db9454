using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Yinxin.Identity.Server.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class RecoveriesAndDissolutions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "HeldBy",
                table: "SourceCursors",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "HeldUntil",
                table: "SourceCursors",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "Place",
                table: "SourceCursors",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "SecurityStamp",
                table: "RecoveryRequests",
                type: "TEXT",
                maxLength: 100,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "SeenBy",
                table: "RecoveryRequests",
                type: "TEXT",
                maxLength: 100,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "SeenMethod",
                table: "RecoveryRequests",
                type: "TEXT",
                maxLength: 100,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "SeenWhere",
                table: "RecoveryRequests",
                type: "TEXT",
                maxLength: 300,
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "ProofSince",
                table: "QrSignIns",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "ProvedAt",
                table: "QrSignIns",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "AccountIndex",
                table: "PhoneCodes",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "DissolvedAt",
                table: "Organisations",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "Until",
                table: "FailureFolds",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "NextFreeze",
                table: "Accounts",
                type: "TEXT",
                maxLength: 60,
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_SignInAttempts_LastFailureAt",
                table: "SignInAttempts",
                column: "LastFailureAt");

            migrationBuilder.CreateIndex(
                name: "IX_PresenceProofs_AccountId",
                table: "PresenceProofs",
                column: "AccountId");

            migrationBuilder.CreateIndex(
                name: "IX_PhoneCodes_AccountIndex_SentAt",
                table: "PhoneCodes",
                columns: new[] { "AccountIndex", "SentAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Mandates_GrantedById",
                table: "Mandates",
                column: "GrantedById");

            migrationBuilder.CreateIndex(
                name: "IX_Evidence_ReferenceAtSource",
                table: "Evidence",
                column: "ReferenceAtSource");

            // Until now an organisation without a representative and a dissolved one looked alike.
            migrationBuilder.Sql(
                "UPDATE \"Organisations\" SET \"DissolvedAt\" = \"EndedAt\" WHERE \"EndedAt\" IS NOT NULL AND EXISTS (SELECT 1 FROM \"Evidence\" e WHERE e.\"SubjectId\" = \"Organisations\".\"Id\" AND e.\"Method\" = 'dissolved')");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_SignInAttempts_LastFailureAt",
                table: "SignInAttempts");

            migrationBuilder.DropIndex(
                name: "IX_PresenceProofs_AccountId",
                table: "PresenceProofs");

            migrationBuilder.DropIndex(
                name: "IX_PhoneCodes_AccountIndex_SentAt",
                table: "PhoneCodes");

            migrationBuilder.DropIndex(
                name: "IX_Mandates_GrantedById",
                table: "Mandates");

            migrationBuilder.DropIndex(
                name: "IX_Evidence_ReferenceAtSource",
                table: "Evidence");

            migrationBuilder.DropColumn(
                name: "HeldBy",
                table: "SourceCursors");

            migrationBuilder.DropColumn(
                name: "HeldUntil",
                table: "SourceCursors");

            migrationBuilder.DropColumn(
                name: "Place",
                table: "SourceCursors");

            migrationBuilder.DropColumn(
                name: "SecurityStamp",
                table: "RecoveryRequests");

            migrationBuilder.DropColumn(
                name: "SeenBy",
                table: "RecoveryRequests");

            migrationBuilder.DropColumn(
                name: "SeenMethod",
                table: "RecoveryRequests");

            migrationBuilder.DropColumn(
                name: "SeenWhere",
                table: "RecoveryRequests");

            migrationBuilder.DropColumn(
                name: "ProofSince",
                table: "QrSignIns");

            migrationBuilder.DropColumn(
                name: "ProvedAt",
                table: "QrSignIns");

            migrationBuilder.DropColumn(
                name: "AccountIndex",
                table: "PhoneCodes");

            migrationBuilder.DropColumn(
                name: "DissolvedAt",
                table: "Organisations");

            migrationBuilder.DropColumn(
                name: "Until",
                table: "FailureFolds");

            migrationBuilder.DropColumn(
                name: "NextFreeze",
                table: "Accounts");
        }
    }
}
