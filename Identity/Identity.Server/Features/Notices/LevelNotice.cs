using System.Text.Json;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;

namespace Yinxin.Identity.Server.Features.Notices;

/// <summary>Tells a person that their level is another now; in the transaction that writes the level. For code that runs while a context saves and has no scope of its own.</summary>
internal static class LevelNotice
{
    /// <param name="database">The context that saves.</param>
    /// <param name="subject">Whose level; an organisation has no notices of its own.</param>
    /// <param name="was">The level before; nobody is told of the first.</param>
    /// <param name="grade">The grade now.</param>
    /// <param name="reason"><c>evidence</c>, <c>policy</c> or <c>expired</c>.</param>
    public static void Add(IdentityContext database, Guid subject, AssuranceLevel was, Grade grade, string reason)
    {
        if (grade.Kind != SubjectKind.Person || was == AssuranceLevel.None || was == grade.Level)
        {
            return;
        }

        database.Notices.Add(new Notice
        {
            Id = Guid.CreateVersion7(grade.At),
            AccountId = subject,
            Kind = NoticeKinds.LevelChanged,
            Facts = JsonSerializer.Serialize(
                new Dictionary<string, string>(StringComparer.Ordinal) { ["level"] = AssuranceNames.Name(grade.Level), ["was"] = AssuranceNames.Name(was), ["reason"] = reason }, JsonSerializerOptions.Web),
            CreatedAt = grade.At,
        });
    }
}
