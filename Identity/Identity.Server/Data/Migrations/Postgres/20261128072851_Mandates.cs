using System;
using System.Collections.Generic;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Yinxin.Identity.Server.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Mandates : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "ActingMandateId",
                table: "Sessions",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "MandateId",
                table: "Grants",
                type: "uuid",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "Endings",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    TargetId = table.Column<Guid>(type: "uuid", nullable: false),
                    At = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    Version = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Endings", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Mandates",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    OrganisationId = table.Column<Guid>(type: "uuid", nullable: false),
                    ParentId = table.Column<Guid>(type: "uuid", nullable: true),
                    GrantedById = table.Column<Guid>(type: "uuid", nullable: false),
                    AnsweredById = table.Column<Guid>(type: "uuid", nullable: false),
                    AgentId = table.Column<Guid>(type: "uuid", nullable: true),
                    InvitedIndex = table.Column<string>(type: "text", nullable: false),
                    InvitedNameIndex = table.Column<string>(type: "text", nullable: false),
                    InvitedNameCipher = table.Column<string>(type: "text", nullable: false),
                    InvitedNumberMasked = table.Column<string>(type: "text", nullable: false),
                    State = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Reach = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    Matters = table.Column<List<string>>(type: "text[]", nullable: false),
                    Powers = table.Column<List<string>>(type: "text[]", nullable: false),
                    Seals = table.Column<List<string>>(type: "text[]", nullable: false),
                    ValidFrom = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    ValidTo = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    MaySubDelegate = table.Column<bool>(type: "boolean", nullable: false),
                    InvitedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    InvitationEndsAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    Version = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Mandates", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Mandates_Mandates_ParentId",
                        column: x => x.ParentId,
                        principalTable: "Mandates",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_Mandates_Organisations_OrganisationId",
                        column: x => x.OrganisationId,
                        principalTable: "Organisations",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_Mandates_Persons_AgentId",
                        column: x => x.AgentId,
                        principalTable: "Persons",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "MandateEvents",
                columns: table => new
                {
                    MandateId = table.Column<Guid>(type: "uuid", nullable: false),
                    Sequence = table.Column<int>(type: "integer", nullable: false),
                    Act = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    ActorId = table.Column<Guid>(type: "uuid", nullable: true),
                    At = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    RecordCipher = table.Column<string>(type: "text", nullable: false),
                    Digest = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_MandateEvents", x => new { x.MandateId, x.Sequence });
                    table.ForeignKey(
                        name: "FK_MandateEvents_Mandates_MandateId",
                        column: x => x.MandateId,
                        principalTable: "Mandates",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_ActingMandateId",
                table: "Sessions",
                column: "ActingMandateId");

            migrationBuilder.CreateIndex(
                name: "IX_Grants_ActingForId",
                table: "Grants",
                column: "ActingForId");

            migrationBuilder.CreateIndex(
                name: "IX_Endings_At_Id",
                table: "Endings",
                columns: new[] { "At", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Mandates_AgentId_State",
                table: "Mandates",
                columns: new[] { "AgentId", "State" });

            migrationBuilder.CreateIndex(
                name: "IX_Mandates_InvitedIndex_Id",
                table: "Mandates",
                columns: new[] { "InvitedIndex", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Mandates_OrganisationId_Id",
                table: "Mandates",
                columns: new[] { "OrganisationId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Mandates_ParentId",
                table: "Mandates",
                column: "ParentId");

            migrationBuilder.CreateIndex(
                name: "IX_Mandates_State_InvitationEndsAt",
                table: "Mandates",
                columns: new[] { "State", "InvitationEndsAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Mandates_State_ValidTo",
                table: "Mandates",
                columns: new[] { "State", "ValidTo" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Endings");

            migrationBuilder.DropTable(
                name: "MandateEvents");

            migrationBuilder.DropTable(
                name: "Mandates");

            migrationBuilder.DropIndex(
                name: "IX_Sessions_ActingMandateId",
                table: "Sessions");

            migrationBuilder.DropIndex(
                name: "IX_Grants_ActingForId",
                table: "Grants");

            migrationBuilder.DropColumn(
                name: "ActingMandateId",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "MandateId",
                table: "Grants");
        }
    }
}
