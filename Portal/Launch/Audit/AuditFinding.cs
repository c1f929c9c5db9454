namespace Yinxin.Launch.Audit;

/// <summary>What one database's audit says of itself, as far as it was read.</summary>
/// <param name="database">The app, by the folder or the database's name.</param>
internal sealed class AuditFinding(string database)
{
    /// <summary>There are anchors, and no trust bundle says whose timestamps count.</summary>
    public const string NoBundle = "bundle";

    /// <summary>The end of the audit as it was noted outside the database is not at hand.</summary>
    public const string NoHead = "head";

    private readonly List<AuditFaultFound> faults = [];
    private readonly List<string> unknown = [];

    public string Database { get; } = database;

    /// <summary>Audit records that hold.</summary>
    public long Records { get; set; }

    /// <summary>Timestamps over the audit that hold.</summary>
    public int Anchors { get; set; }

    /// <summary>Records of evidence, where the app has any.</summary>
    public long? Evidence { get; set; }

    /// <summary>Signed records of mandates, where the app has any.</summary>
    public long? Mandates { get; set; }

    /// <summary>Empty when everything that was read holds.</summary>
    public IReadOnlyList<AuditFaultFound> Faults => faults;

    /// <summary>What could not be looked at, for want of what it is held against: <see cref="NoBundle"/>, <see cref="NoHead"/>.</summary>
    public IReadOnlyList<string> Unknown => unknown;

    /// <summary>Why the database was not read to its end: of what was left nothing is said. Null when it was.</summary>
    public string? Lost { get; set; }

    public void Add(string what, string where, string kind) => faults.Add(new AuditFaultFound(what, where, kind));

    public void Add(IEnumerable<AuditFaultFound> more) => faults.AddRange(more);

    public void CannotTell(string what) => unknown.Add(what);
}

/// <param name="What"><c>audit</c>, <c>head</c> (the end as it was noted outside the database), <c>anchor</c>, <c>evidence</c>, <c>mandate</c>.</param>
/// <param name="Where">The record's number, or the subject or mandate and place; of a gap the anchors around it, <c>0-57</c>; without the second while none came.</param>
/// <param name="Kind"><c>edited</c>, <c>removed</c>, <c>unrecorded</c> (evidence or a mandate's record of which the audit knows nothing), <c>row</c> (a mandate that is not what its last record left), <c>unreadable</c> (a column holds what no server writes, or is gone), <c>misspelled</c> (a note about evidence or a mandate that no server wrote), <c>rewritten</c>, <c>missing</c> (the table), <c>emptied</c>, <c>redated</c> (the anchor's date is not the stamp's), <c>early</c> or <c>restamped</c> (the stamp does not fit between its record and the next), <c>gap</c> (no anchor for more than two days of work), or the timestamp's failed check.</param>
internal sealed record AuditFaultFound(string What, string Where, string Kind)
{
    public const string Gap = "gap";
}
