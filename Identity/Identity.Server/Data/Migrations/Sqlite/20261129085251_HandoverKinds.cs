using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Yinxin.Identity.Server.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class HandoverKinds : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Kind",
                table: "StepUpHandovers",
                type: "TEXT",
                maxLength: 20,
                nullable: false,
                defaultValue: "Strengthen");

            migrationBuilder.AddColumn<Guid>(
                name: "MandateId",
                table: "StepUpHandovers",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "OrganisationId",
                table: "StepUpHandovers",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "PhoneSessionId",
                table: "StepUpHandovers",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Request",
                table: "StepUpHandovers",
                type: "TEXT",
                maxLength: 16000,
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Kind",
                table: "StepUpHandovers");

            migrationBuilder.DropColumn(
                name: "MandateId",
                table: "StepUpHandovers");

            migrationBuilder.DropColumn(
                name: "OrganisationId",
                table: "StepUpHandovers");

            migrationBuilder.DropColumn(
                name: "PhoneSessionId",
                table: "StepUpHandovers");

            migrationBuilder.DropColumn(
                name: "Request",
                table: "StepUpHandovers");
        }
    }
}
