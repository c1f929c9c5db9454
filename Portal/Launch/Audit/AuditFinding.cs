namespace Yinxin.Launch.Audit;

/// <summary>What one database's audit says of itself.</summary>
/// <param name="Database">The app, by the folder or the database's name.</param>
/// <param name="Records">Audit records that hold.</param>
/// <param name="Anchors">Timestamps over the audit that hold.</param>
/// <param name="Evidence">Records of evidence, where the app has any.</param>
/// <param name="Faults">Empty when everything holds.</param>
internal sealed record AuditFinding(string Database, long Records, int Anchors, long? Evidence, IReadOnlyList<AuditFaultFound> Faults);

/// <param name="What"><c>audit</c>, <c>anchor</c>, <c>evidence</c>.</param>
/// <param name="Where">The record's number, or the subject and place.</param>
/// <param name="Kind"><c>edited</c>, <c>removed</c>, <c>rewritten</c>, or the timestamp's failed check.</param>
internal sealed record AuditFaultFound(string What, string Where, string Kind);
