using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Yinxin.Identity.Server.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class SharedBrakesAndOrganisationFreezes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Accounts that a former release closed kept their consents to verified claims.
            migrationBuilder.Sql("DELETE FROM \"ClaimConsents\" WHERE \"AccountId\" IN (SELECT \"Id\" FROM \"Accounts\" WHERE \"ClosedAt\" IS NOT NULL)");

            migrationBuilder.DropForeignKey(
                name: "FK_Proposals_Accounts_SubjectId",
                table: "Proposals");

            migrationBuilder.AlterColumn<Guid>(
                name: "AccountId",
                table: "StandingFreezes",
                type: "uuid",
                nullable: true,
                oldClrType: typeof(Guid),
                oldType: "uuid");

            migrationBuilder.AddColumn<Guid>(
                name: "OrganisationId",
                table: "StandingFreezes",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "OrganisationId",
                table: "Proposals",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "KnownNews",
                table: "OutsideSteps",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "FrozenAt",
                table: "Organisations",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "FailureCounts",
                columns: table => new
                {
                    Key = table.Column<string>(type: "text", nullable: false),
                    Start = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    Count = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_FailureCounts", x => x.Key);
                });

            migrationBuilder.CreateIndex(
                name: "IX_StandingFreezes_OrganisationId_LiftedAt",
                table: "StandingFreezes",
                columns: new[] { "OrganisationId", "LiftedAt" });

            migrationBuilder.AddCheckConstraint(
                name: "CK_StandingFreezes_Subject",
                table: "StandingFreezes",
                sql: "(\"AccountId\" IS NULL) <> (\"OrganisationId\" IS NULL)");

            migrationBuilder.CreateIndex(
                name: "IX_Proposals_OrganisationId",
                table: "Proposals",
                column: "OrganisationId");

            migrationBuilder.AddCheckConstraint(
                name: "CK_Proposals_Subject",
                table: "Proposals",
                sql: "\"OrganisationId\" IS NULL OR \"OrganisationId\" = \"SubjectId\"");

            migrationBuilder.CreateIndex(
                name: "IX_Organisations_Name_Id",
                table: "Organisations",
                columns: new[] { "Name", "Id" })
                .Annotation("Relational:Collation", new[] { "C" });

            migrationBuilder.CreateIndex(
                name: "IX_AuditRecords_Address_Sequence",
                table: "AuditRecords",
                columns: new[] { "Address", "Sequence" })
                .Annotation("Relational:Collation", new[] { "C" });

            migrationBuilder.CreateIndex(
                name: "IX_FailureCounts_Start",
                table: "FailureCounts",
                column: "Start");

            migrationBuilder.AddForeignKey(
                name: "FK_Proposals_Organisations_OrganisationId",
                table: "Proposals",
                column: "OrganisationId",
                principalTable: "Organisations",
                principalColumn: "Id");

            migrationBuilder.AddForeignKey(
                name: "FK_StandingFreezes_Organisations_OrganisationId",
                table: "StandingFreezes",
                column: "OrganisationId",
                principalTable: "Organisations",
                principalColumn: "Id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "FK_Proposals_Organisations_OrganisationId",
                table: "Proposals");

            migrationBuilder.DropForeignKey(
                name: "FK_StandingFreezes_Organisations_OrganisationId",
                table: "StandingFreezes");

            migrationBuilder.DropTable(
                name: "FailureCounts");

            migrationBuilder.DropIndex(
                name: "IX_StandingFreezes_OrganisationId_LiftedAt",
                table: "StandingFreezes");

            migrationBuilder.DropCheckConstraint(
                name: "CK_StandingFreezes_Subject",
                table: "StandingFreezes");

            migrationBuilder.DropIndex(
                name: "IX_Proposals_OrganisationId",
                table: "Proposals");

            migrationBuilder.DropCheckConstraint(
                name: "CK_Proposals_Subject",
                table: "Proposals");

            migrationBuilder.DropIndex(
                name: "IX_Organisations_Name_Id",
                table: "Organisations");

            migrationBuilder.DropIndex(
                name: "IX_AuditRecords_Address_Sequence",
                table: "AuditRecords");

            migrationBuilder.DropColumn(
                name: "OrganisationId",
                table: "StandingFreezes");

            migrationBuilder.DropColumn(
                name: "OrganisationId",
                table: "Proposals");

            migrationBuilder.DropColumn(
                name: "KnownNews",
                table: "OutsideSteps");

            migrationBuilder.DropColumn(
                name: "FrozenAt",
                table: "Organisations");

            migrationBuilder.AlterColumn<Guid>(
                name: "AccountId",
                table: "StandingFreezes",
                type: "uuid",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"),
                oldClrType: typeof(Guid),
                oldType: "uuid",
                oldNullable: true);

            migrationBuilder.AddForeignKey(
                name: "FK_Proposals_Accounts_SubjectId",
                table: "Proposals",
                column: "SubjectId",
                principalTable: "Accounts",
                principalColumn: "Id",
                onDelete: ReferentialAction.Cascade);
        }
    }
}
