namespace Yinxin.Launch.Audit;

/// <summary>What one database's audit says of itself.</summary>
/// <param name="Database">The app, by the folder or the database's name.</param>
/// <param name="Records">Audit records that hold.</param>
/// <param name="Anchors">Timestamps over the audit that hold.</param>
/// <param name="Evidence">Records of evidence, where the app has any.</param>
/// <param name="Mandates">Signed records of mandates, where the app has any.</param>
/// <param name="Faults">Empty when everything holds.</param>
/// <param name="Unknown">What could not be looked at, for want of what it is held against: <see cref="NoBundle"/>, <see cref="NoHead"/>.</param>
internal sealed record AuditFinding(string Database, long Records, int Anchors, long? Evidence, long? Mandates, IReadOnlyList<AuditFaultFound> Faults, IReadOnlyList<string> Unknown)
{
    /// <summary>There are anchors, and no trust bundle says whose timestamps count.</summary>
    public const string NoBundle = "bundle";

    /// <summary>The end of the audit as it was noted outside the database is not at hand.</summary>
    public const string NoHead = "head";
}

/// <param name="What"><c>audit</c>, <c>head</c> (the end as it was noted outside the database), <c>anchor</c>, <c>evidence</c>, <c>mandate</c>.</param>
/// <param name="Where">The record's number, or the subject or mandate and place; of a gap the anchors around it, <c>0-57</c>; without the second while none came.</param>
/// <param name="Kind"><c>edited</c>, <c>removed</c>, <c>unrecorded</c> (evidence or a mandate's record of which the audit knows nothing), <c>row</c> (a mandate that is not what its last record left), <c>unreadable</c> (a column of one holds what no server writes), <c>misspelled</c> (a note about evidence or a mandate that no server wrote), <c>rewritten</c>, <c>missing</c> (the table), <c>emptied</c>, <c>redated</c> (the anchor's date is not the stamp's), <c>early</c> or <c>restamped</c> (the stamp does not fit between its record and the next), <c>gap</c> (no anchor for more than two days of work), or the timestamp's failed check.</param>
internal sealed record AuditFaultFound(string What, string Where, string Kind)
{
    public const string Gap = "gap";
}
