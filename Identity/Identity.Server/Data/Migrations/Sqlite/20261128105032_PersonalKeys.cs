using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Yinxin.Identity.Server.Data.Migrations.Sqlite
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
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "NameCipher",
                table: "Persons",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "PhoneIndexNext",
                table: "Persons",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "IndexVersion",
                table: "Mandates",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "InvitedNumberCipher",
                table: "Mandates",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "AuthorizationDetailsTypes",
                table: "Clients",
                type: "TEXT",
                nullable: false,
                defaultValue: "[]");

            migrationBuilder.AddColumn<string>(
                name: "PurposeChinese",
                table: "Clients",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "PurposeEnglish",
                table: "Clients",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "VerifiedClaims",
                table: "Clients",
                type: "TEXT",
                nullable: false,
                defaultValue: "[]");

            migrationBuilder.AddColumn<DateTime>(
                name: "ClosingAt",
                table: "Accounts",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "ClaimConsents",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    AccountId = table.Column<Guid>(type: "TEXT", nullable: false),
                    ClientId = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    PurposeKey = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    PurposeChinese = table.Column<string>(type: "TEXT", maxLength: 300, nullable: false),
                    PurposeEnglish = table.Column<string>(type: "TEXT", maxLength: 300, nullable: false),
                    Asked = table.Column<string>(type: "TEXT", nullable: false),
                    Given = table.Column<string>(type: "TEXT", nullable: false),
                    GivenAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    LastReleasedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    EndedAt = table.Column<DateTime>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ClaimConsents", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "DataKeys",
                columns: table => new
                {
                    Version = table.Column<int>(type: "INTEGER", nullable: false),
                    KeyCipher = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    RetiredAt = table.Column<DateTime>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DataKeys", x => x.Version);
                });

            migrationBuilder.CreateTable(
                name: "KeyRotations",
                columns: table => new
                {
                    Version = table.Column<int>(type: "INTEGER", nullable: false),
                    Phase = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Table = table.Column<string>(type: "TEXT", maxLength: 60, nullable: true),
                    Cursor = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    Total = table.Column<long>(type: "INTEGER", nullable: false),
                    Seen = table.Column<long>(type: "INTEGER", nullable: false),
                    StartedBy = table.Column<string>(type: "TEXT", nullable: false),
                    StartedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    PhaseAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    EndedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    HeldUntil = table.Column<DateTime>(type: "TEXT", nullable: true),
                    Turn = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_KeyRotations", x => x.Version);
                });

            migrationBuilder.CreateTable(
                name: "PersonSecrets",
                columns: table => new
                {
                    PersonId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Secret = table.Column<byte[]>(type: "BLOB", nullable: false)
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
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    GrantId = table.Column<Guid>(type: "TEXT", nullable: false),
                    SessionId = table.Column<Guid>(type: "TEXT", nullable: false),
                    AccountId = table.Column<Guid>(type: "TEXT", nullable: false),
                    ClientId = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    ActingForId = table.Column<Guid>(type: "TEXT", nullable: true),
                    MandateId = table.Column<Guid>(type: "TEXT", nullable: true),
                    Transaction = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    Digest = table.Column<string>(type: "TEXT", maxLength: 43, nullable: true),
                    Method = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    EvidenceId = table.Column<Guid>(type: "TEXT", nullable: false),
                    ProvenAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    ValidUntil = table.Column<DateTime>(type: "TEXT", nullable: false),
                    SpentAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    SpentBy = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    SpentFor = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_PresenceProofs", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "StepUpHandovers",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    CodeHash = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    SessionId = table.Column<Guid>(type: "TEXT", nullable: false),
                    AccountId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Number = table.Column<int>(type: "INTEGER", nullable: false),
                    Offered = table.Column<string>(type: "TEXT", nullable: false),
                    ClientId = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    Device = table.Column<string>(type: "TEXT", nullable: true),
                    AddressMasked = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    ExpiresAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    ProvedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    Methods = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_StepUpHandovers", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "ClaimRequests",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    ConsentId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Request = table.Column<string>(type: "TEXT", maxLength: 8192, nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "TEXT", nullable: false)
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
