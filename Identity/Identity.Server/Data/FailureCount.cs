using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

/// <summary>Wrong guesses that all nodes have seen within one window: from one address, or in all.</summary>
internal sealed class FailureCount
{
    /// <summary>The one row that counts in all; no keyed hash looks like it.</summary>
    public const string Everybody = "*";

    /// <summary>Keyed hash of the address, or <see cref="Everybody"/>.</summary>
    public required string Key { get; set; }

    /// <summary>When the window began, by the clock of the node that began it.</summary>
    public DateTimeOffset Start { get; set; }

    public int Count { get; set; }

    /// <summary>
    /// Adds one wrong guess to both rows, in one statement that all nodes may send at once: each writes the address before everybody, so none waits for one that waits for it. A window that is
    /// over begins anew; so does one whose beginning lies further ahead than it is long, for then a clock was wrong, and nobody is to wait until that day. The few seconds by which nodes' clocks
    /// differ begin nothing anew.
    /// </summary>
    /// <returns>Both rows as they are now.</returns>
    public static Task<List<FailureCount>> AddAsync(
        IdentityContext database, string address, TimeSpan addressWindow, TimeSpan everybodysWindow, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var at = now.UtcDateTime;
        var (addressFrom, addressUntil) = (at - addressWindow, at + addressWindow);
        var (allFrom, allUntil) = (at - everybodysWindow, at + everybodysWindow);
        return database.FailureCounts.FromSql(
            $"""
            INSERT INTO "FailureCounts" ("Key", "Start", "Count") VALUES ({address}, {at}, 1), ({Everybody}, {at}, 1)
            ON CONFLICT ("Key") DO UPDATE SET
                "Start" = CASE WHEN "FailureCounts"."Start" >= CASE WHEN excluded."Key" = {Everybody} THEN {allFrom} ELSE {addressFrom} END
                    AND "FailureCounts"."Start" <= CASE WHEN excluded."Key" = {Everybody} THEN {allUntil} ELSE {addressUntil} END
                    THEN "FailureCounts"."Start" ELSE excluded."Start" END,
                "Count" = CASE WHEN "FailureCounts"."Start" >= CASE WHEN excluded."Key" = {Everybody} THEN {allFrom} ELSE {addressFrom} END
                    AND "FailureCounts"."Start" <= CASE WHEN excluded."Key" = {Everybody} THEN {allUntil} ELSE {addressUntil} END
                    THEN "FailureCounts"."Count" + 1 ELSE 1 END
            RETURNING "Key" AS "Key", "Start" AS "Start", "Count" AS "Count"
            """).AsNoTracking().ToListAsync(cancellationToken);
    }
}

internal sealed class FailureCountMapping : IEntityTypeConfiguration<FailureCount>
{
    public void Configure(EntityTypeBuilder<FailureCount> builder)
    {
        builder.ToTable("FailureCounts");
        builder.HasKey(c => c.Key);
        builder.HasIndex(c => c.Start);
    }
}
