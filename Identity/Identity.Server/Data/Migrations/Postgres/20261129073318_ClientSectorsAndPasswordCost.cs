using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Yinxin.Identity.Server.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class ClientSectorsAndPasswordCost : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "BackChannelLogoutUri",
                table: "Clients",
                type: "character varying(2000)",
                maxLength: 2000,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "SectorIdentifier",
                table: "Clients",
                type: "character varying(255)",
                maxLength: 255,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "PasswordCosts",
                columns: table => new
                {
                    Rounds = table.Column<int>(type: "integer", nullable: false),
                    Milliseconds = table.Column<double>(type: "double precision", nullable: false),
                    MeasuredAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_PasswordCosts", x => x.Rounds);
                });

            // What the release before the last one still wrote; StandingFreezes and RequestCipher took their place.
            migrationBuilder.Sql("ALTER TABLE \"Accounts\" DROP COLUMN IF EXISTS \"NextFreeze\"");
            migrationBuilder.Sql("ALTER TABLE \"Disputes\" DROP COLUMN IF EXISTS \"FormerFreeze\"");
            migrationBuilder.Sql("ALTER TABLE \"ClaimRequests\" DROP COLUMN IF EXISTS \"Request\"");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("ALTER TABLE \"Accounts\" ADD COLUMN \"NextFreeze\" character varying(60)");
            migrationBuilder.Sql("ALTER TABLE \"Disputes\" ADD COLUMN \"FormerFreeze\" character varying(60)");
            migrationBuilder.Sql("ALTER TABLE \"ClaimRequests\" ADD COLUMN \"Request\" text");

            migrationBuilder.DropTable(
                name: "PasswordCosts");

            migrationBuilder.DropColumn(
                name: "BackChannelLogoutUri",
                table: "Clients");

            migrationBuilder.DropColumn(
                name: "SectorIdentifier",
                table: "Clients");
        }
    }
}
