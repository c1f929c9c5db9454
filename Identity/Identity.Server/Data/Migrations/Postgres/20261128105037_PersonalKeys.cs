using System;
using System.Collections.Generic;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Yinxin.Identity.Server.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class PersonalKeys : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "IdNumberIndexNext",
                table: "Persons",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "NameCipher",
                table: "Persons",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "PhoneIndexNext",
                table: "Persons",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "IndexVersion",
                table: "Mandates",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "InvitedNumberCipher",
                table: "Mandates",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<List<string>>(
                name: "AuthorizationDetailsTypes",
                table: "Clients",
                type: "text[]",
                nullable: false);

            migrationBuilder.AddColumn<string>(
                name: "PurposeChinese",
                table: "Clients",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "PurposeEnglish",
                table: "Clients",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<List<string>>(
                name: "VerifiedClaims",
                table: "Clients",
                type: "text[]",
                nullable: false);

            migrationBuilder.AddColumn<DateTime>(
                name: "ClosingAt",
                table: "Accounts",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "ClaimConsents",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    AccountId = table.Column<Guid>(type: "uuid", nullable: false),
                    ClientId = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    PurposeKey = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    PurposeChinese = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    PurposeEnglish = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    Asked = table.Column<List<string>>(type: "text[]", nullable: false),
                    Given = table.Column<List<string>>(type: "text[]", nullable: false),
                    GivenAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    LastReleasedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    EndedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ClaimConsents", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "DataKeys",
                columns: table => new
                {
                    Version = table.Column<int>(type: "integer", nullable: false),
                    KeyCipher = table.Column<string>(type: "text", nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    RetiredAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DataKeys", x => x.Version);
                });

            migrationBuilder.CreateTable(
                name: "KeyRotations",
                columns: table => new
                {
                    Version = table.Column<int>(type: "integer", nullable: false),
                    Phase = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Table = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: true),
                    Cursor = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    Total = table.Column<long>(type: "bigint", nullable: false),
                    Seen = table.Column<long>(type: "bigint", nullable: false),
                    StartedBy = table.Column<string>(type: "text", nullable: false),
                    StartedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    PhaseAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    EndedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    HeldUntil = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    Turn = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_KeyRotations", x => x.Version);
                });

            migrationBuilder.CreateTable(
                name: "PersonSecrets",
                columns: table => new
                {
                    PersonId = table.Column<Guid>(type: "uuid", nullable: false),
                    Secret = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_PersonSecrets", x => x.PersonId);
                    table.ForeignKey(
                        name: "FK_PersonSecrets_Persons_PersonId",
                        column: x => x.PersonId,
                        principalTable: "Persons",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "PresenceProofs",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    GrantId = table.Column<Guid>(type: "uuid", nullable: false),
                    SessionId = table.Column<Guid>(type: "uuid", nullable: false),
                    AccountId = table.Column<Guid>(type: "uuid", nullable: false),
                    ClientId = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    ActingForId = table.Column<Guid>(type: "uuid", nullable: true),
                    MandateId = table.Column<Guid>(type: "uuid", nullable: true),
                    Transaction = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    Digest = table.Column<string>(type: "character varying(43)", maxLength: 43, nullable: true),
                    Method = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    EvidenceId = table.Column<Guid>(type: "uuid", nullable: false),
                    ProvenAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    ValidUntil = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    SpentAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    SpentBy = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    SpentFor = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_PresenceProofs", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "StepUpHandovers",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    CodeHash = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    SessionId = table.Column<Guid>(type: "uuid", nullable: false),
                    AccountId = table.Column<Guid>(type: "uuid", nullable: false),
                    Number = table.Column<int>(type: "integer", nullable: false),
                    Offered = table.Column<List<int>>(type: "integer[]", nullable: false),
                    ClientId = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    Device = table.Column<string>(type: "text", nullable: true),
                    AddressMasked = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    ExpiresAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    State = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    ProvedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    Methods = table.Column<List<string>>(type: "text[]", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_StepUpHandovers", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "ClaimRequests",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    ConsentId = table.Column<Guid>(type: "uuid", nullable: false),
                    Request = table.Column<string>(type: "character varying(8192)", maxLength: 8192, nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ClaimRequests", x => x.Id);
                    table.ForeignKey(
                        name: "FK_ClaimRequests_ClaimConsents_ConsentId",
                        column: x => x.ConsentId,
                        principalTable: "ClaimConsents",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Persons_IdNumberIndexNext",
                table: "Persons",
                column: "IdNumberIndexNext",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Persons_PhoneIndexNext",
                table: "Persons",
                column: "PhoneIndexNext",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Mandates_IndexVersion_Id",
                table: "Mandates",
                columns: new[] { "IndexVersion", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_ClaimConsents_AccountId_ClientId_PurposeKey",
                table: "ClaimConsents",
                columns: new[] { "AccountId", "ClientId", "PurposeKey" });

            migrationBuilder.CreateIndex(
                name: "IX_ClaimRequests_ConsentId",
                table: "ClaimRequests",
                column: "ConsentId");

            migrationBuilder.CreateIndex(
                name: "IX_ClaimRequests_CreatedAt",
                table: "ClaimRequests",
                column: "CreatedAt");

            migrationBuilder.CreateIndex(
                name: "IX_PresenceProofs_GrantId",
                table: "PresenceProofs",
                column: "GrantId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_PresenceProofs_ValidUntil",
                table: "PresenceProofs",
                column: "ValidUntil");

            migrationBuilder.CreateIndex(
                name: "IX_StepUpHandovers_CodeHash",
                table: "StepUpHandovers",
                column: "CodeHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_StepUpHandovers_ExpiresAt",
                table: "StepUpHandovers",
                column: "ExpiresAt");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "ClaimRequests");

            migrationBuilder.DropTable(
                name: "DataKeys");

            migrationBuilder.DropTable(
                name: "KeyRotations");

            migrationBuilder.DropTable(
                name: "PersonSecrets");

            migrationBuilder.DropTable(
                name: "PresenceProofs");

            migrationBuilder.DropTable(
                name: "StepUpHandovers");

            migrationBuilder.DropTable(
                name: "ClaimConsents");

            migrationBuilder.DropIndex(
                name: "IX_Persons_IdNumberIndexNext",
                table: "Persons");

            migrationBuilder.DropIndex(
                name: "IX_Persons_PhoneIndexNext",
                table: "Persons");

            migrationBuilder.DropIndex(
                name: "IX_Mandates_IndexVersion_Id",
                table: "Mandates");

            migrationBuilder.DropColumn(
                name: "IdNumberIndexNext",
                table: "Persons");

            migrationBuilder.DropColumn(
                name: "NameCipher",
                table: "Persons");

            migrationBuilder.DropColumn(
                name: "PhoneIndexNext",
                table: "Persons");

            migrationBuilder.DropColumn(
                name: "IndexVersion",
                table: "Mandates");

            migrationBuilder.DropColumn(
                name: "InvitedNumberCipher",
                table: "Mandates");

            migrationBuilder.DropColumn(
                name: "AuthorizationDetailsTypes",
                table: "Clients");

            migrationBuilder.DropColumn(
                name: "PurposeChinese",
                table: "Clients");

            migrationBuilder.DropColumn(
                name: "PurposeEnglish",
                table: "Clients");

            migrationBuilder.DropColumn(
                name: "VerifiedClaims",
                table: "Clients");

            migrationBuilder.DropColumn(
                name: "ClosingAt",
                table: "Accounts");
        }
    }
}
