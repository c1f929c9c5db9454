using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Assurance;

/// <summary>Writes the shadow of a grade, and what statistics count by, into the caller's change.</summary>
internal static class GradeWriter
{
    public static void Write(IdentityContext database, SubjectGrade? written, Guid subject, Grade grade)
    {
        var was = written?.Level ?? AssuranceLevel.None;
        if (written is null || was != grade.Level)
        {
            database.LevelChanges.Add(new LevelChange { SubjectId = subject, Kind = grade.Kind, Was = was, Level = grade.Level, At = grade.At });
        }

        if (written is null)
        {
            written = new SubjectGrade { SubjectId = subject, Kind = grade.Kind };
            database.Grades.Add(written);
        }
        else
        {
            // Said outright: an import does not look for changes.
            database.Grades.Update(written);
        }

        written.Level = grade.Level;
        written.PolicyVersion = grade.PolicyVersion;
        written.GradedAt = grade.At;
        written.ChangesAt = grade.ChangesAt;
    }
}
