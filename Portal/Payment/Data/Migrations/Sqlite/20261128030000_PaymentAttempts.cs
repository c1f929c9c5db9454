using Microsoft.EntityFrameworkCore.Migrations;
using Yinxin.ServiceDefaults.Database;

#nullable disable

namespace Yinxin.Payment.Data.Migrations.Sqlite
{
    /// <summary>Each attempt to pay a bill is an order of its own.</summary>
    [Replaces("20261124000909_Initial")]
    public partial class PaymentAttempts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "Attempt",
                table: "Bills",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Attempt",
                table: "Bills");
        }
    }
}
