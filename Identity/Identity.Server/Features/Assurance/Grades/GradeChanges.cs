using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Assurance;

/// <summary>A level that changed although the subject did nothing.</summary>
internal static class GradeChanges
{
    /// <param name="subject">Whose.</param>
    /// <param name="was">The level before.</param>
    /// <param name="grade">The grade now.</param>
    /// <param name="reason"><c>policy</c> or <c>expired</c>.</param>
    public static AuditEntry Entry(Guid subject, AssuranceLevel was, Grade grade, string reason) => new(
        "grade.changed", subject.ToString(), "system", Details: new { was = AssuranceNames.Name(was), level = AssuranceNames.Name(grade.Level), reason, policy = grade.PolicyVersion });
}
