using Microsoft.EntityFrameworkCore.Migrations;

namespace Yinxin.Identity.Server.Data;

/// <summary>
/// An earlier release kept one reason at the account, one further (<c>NextFreeze</c>) and one at an open dispute (<c>FormerFreeze</c>). For the migration that adds
/// <see cref="StandingFreeze"/>: after the table and <see cref="Proposal.FreezeId"/> are there, before the old columns go.
/// </summary>
internal static class FormerFreezes
{
    private const string PostgresKey = "gen_random_uuid()";

    /// <summary>A random UUID of version 4, as this database spells it.</summary>
    private const string SqliteKey =
        "hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))";

    public static void TakeOverFreezes(this MigrationBuilder migration)
    {
        var key = migration.ActiveProvider?.Contains("Npgsql", StringComparison.Ordinal) == true ? PostgresKey : SqliteKey;

        // Since when each but the strongest stood is known no more: since the account was frozen, as far as anybody can tell.
        migration.Sql(
            $"""
            INSERT INTO "StandingFreezes" ("Id", "AccountId", "Kind", "Reason", "Since", "DisputeId")
            SELECT {key}, r."AccountId",
                CASE r."Reason" WHEN 'own-wish' THEN 'Owner' WHEN 'phone-disputed' THEN 'FormerPhone' WHEN 'handed-over' THEN 'Handover'
                    WHEN 'identity-dispute' THEN 'Dispute' WHEN 'deceased' THEN 'Death' ELSE 'Officials' END,
                r."Reason", r."Since",
                CASE WHEN r."Reason" = 'identity-dispute' THEN (SELECT d."Id" FROM "Disputes" d WHERE d."AccountId" = r."AccountId" AND d."State" = 'Open') END
            FROM (
                SELECT s."AccountId", s."Reason", MIN(s."Since") AS "Since" FROM (
                    SELECT a."Id" AS "AccountId", COALESCE(a."FrozenReason", 'unknown') AS "Reason", a."FrozenAt" AS "Since" FROM "Accounts" a WHERE a."FrozenAt" IS NOT NULL
                    UNION ALL SELECT a."Id", a."NextFreeze", a."FrozenAt" FROM "Accounts" a WHERE a."FrozenAt" IS NOT NULL AND a."NextFreeze" IS NOT NULL
                    UNION ALL SELECT a."Id", d."FormerFreeze", a."FrozenAt" FROM "Disputes" d JOIN "Accounts" a ON a."Id" = d."AccountId"
                        WHERE d."State" = 'Open' AND d."FormerFreeze" IS NOT NULL AND a."FrozenAt" IS NOT NULL
                    UNION ALL SELECT a."Id", 'identity-dispute', a."FrozenAt" FROM "Disputes" d JOIN "Accounts" a ON a."Id" = d."AccountId"
                        WHERE d."State" = 'Open' AND a."FrozenAt" IS NOT NULL
                ) s GROUP BY s."AccountId", s."Reason"
            ) r
            """);

        // An emergency freeze falls away with its proposal.
        migration.Sql(
            """
            UPDATE "StandingFreezes" SET "ProposalId" = (
                SELECT p."Id" FROM "Proposals" p
                WHERE p."SubjectId" = "StandingFreezes"."AccountId" AND p."Kind" = 'Freeze' AND p."Reason" = "StandingFreezes"."Reason" AND (p."State" = 'Approved' OR (p."State" = 'Pending' AND p."Emergency"))
                ORDER BY p."ProposedAt" DESC LIMIT 1)
            WHERE "Kind" = 'Officials'
            """);

        // What waits was about the strongest reason of then.
        migration.Sql(
            """
            UPDATE "Proposals" SET "FreezeId" = (
                SELECT f."Id" FROM "StandingFreezes" f JOIN "Accounts" a ON a."Id" = f."AccountId" AND a."FrozenReason" = f."Reason"
                WHERE f."AccountId" = "Proposals"."SubjectId" AND f."Since" <= "Proposals"."ProposedAt")
            WHERE "Kind" = 'Unfreeze' AND "State" = 'Pending'
            """);
    }
}
