namespace Yinxin.Identity.Server.Data;

/// <summary>Where a run stands.</summary>
internal enum RegradingState
{
    Running,
    Done,
    Stopped,
}

/// <summary>
/// All subjects graded by one version of the policy: as a dry run, which changes nothing, or in earnest. It is worked off in batches by the order of
/// subjects; each batch commits with its cursor, so another node or the next start goes on where it stopped.
/// </summary>
internal sealed class Regrading
{
    public Guid Id { get; set; }

    public int PolicyVersion { get; set; }

    public bool DryRun { get; set; }

    public RegradingState State { get; set; }

    /// <summary>Subjects when it began; new ones are graded as they come.</summary>
    public long Total { get; set; }

    public long Seen { get; set; }

    public long Raised { get; set; }

    public long Lowered { get; set; }

    /// <summary>The last subject of the last batch.</summary>
    public Guid? Cursor { get; set; }

    /// <summary>JSON: count of each change of level, e.g. <c>{"person:intermediate>primary": 3}</c>.</summary>
    public string Changes { get; set; } = "{}";

    /// <summary>The policy that a dry run is compared with: the one in force when it began. Null in runs of a release that compared with the shadow.</summary>
    public int? AgainstVersion { get; set; }

    /// <summary>JSON: what changes for those who are signed in, and how many of them; null in runs in earnest, which count no sessions.</summary>
    public string? Sessions { get; set; }

    /// <summary>JSON: the first subjects whose level changes, with both levels.</summary>
    public string Examples { get; set; } = "[]";

    public required string StartedBy { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>The node that works has it until then.</summary>
    public DateTimeOffset? HeldUntil { get; set; }

    /// <summary>Changes with every batch, so that two nodes cannot both commit one.</summary>
    public int Turn { get; set; }
}
