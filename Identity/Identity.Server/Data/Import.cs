namespace Yinxin.Identity.Server.Data;

/// <summary>One hand-over of existing users by a city or a former system. Its rows are committed in batches with the place reached, so the same file sent again goes on there.</summary>
internal sealed class Import
{
    /// <summary>Chosen by the sender.</summary>
    public Guid Id { get; set; }

    /// <summary>Whose users, e.g. <c>hefei</c>; stands in evidence as <c>import:hefei</c>.</summary>
    public required string Source { get; set; }

    public required string StartedBy { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    public DateTimeOffset ChangedAt { get; set; }

    /// <summary>Set when the file was read to its end.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Set when two officials took back all that it brought: nothing more is taken under this key.</summary>
    public DateTimeOffset? WithdrawnAt { get; set; }

    /// <summary>Rows committed.</summary>
    public long Rows { get; set; }

    public long Created { get; set; }

    /// <summary>Rows of persons who had an account: it now knows the source's number for them, or further evidence.</summary>
    public long Linked { get; set; }

    /// <summary>Rows that an earlier one had brought, of this file or another, and that added nothing.</summary>
    public long Known { get; set; }

    public long Rejected { get; set; }

    /// <summary>Hash chain over the committed rows: another file under the same key is noticed.</summary>
    public string Digest { get; set; } = "";

    /// <summary>Changes with every batch, so that two senders of one import cannot both commit, and with the withdrawal, so that none commits after it.</summary>
    public int Turn { get; set; }
}

/// <summary>A row that was not taken, or not all of it (<c>evidence.leftOut</c>), without anything personal: the sender has the row.</summary>
internal sealed class ImportRejection
{
    public Guid ImportId { get; set; }

    /// <summary>From 1; a CSV header is not counted.</summary>
    public long Row { get; set; }

    /// <summary>Stable code, e.g. <c>idNumber.invalid</c>.</summary>
    public required string Code { get; set; }

    /// <summary>The member concerned.</summary>
    public string? Field { get; set; }
}

/// <summary>A person as a city or a former system knows them: several sources may name one subject.</summary>
internal sealed class AccountLink
{
    public required string Source { get; set; }

    public required string ExternalId { get; set; }

    public Guid AccountId { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}
