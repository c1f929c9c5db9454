using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Assurance.Policy;

namespace Yinxin.Identity.Server.Features.Console.Accounts;

/// <summary>The evidence of a subject with its chain, and the grade that follows from it at a moment by the policy of that moment.</summary>
/// <param name="Records">All records, in the order of the chain.</param>
/// <param name="Fault">Where the chain breaks, or is another than the audit's; null when it is whole.</param>
/// <param name="Grade">Null when no policy was in force then.</param>
/// <param name="At">The past moment asked for; null: now.</param>
/// <param name="AtFault">The moment could not be read, or lies ahead.</param>
internal sealed record SubjectEvidence(IReadOnlyList<Evidence> Records, EvidenceFault? Fault, Grade? Grade, DateTimeOffset? At, bool AtFault)
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    /// <summary>Records that a later one takes back.</summary>
    public IReadOnlySet<Guid> TakenBack { get; } = Records.Where(r => r.Supersedes is not null).Select(r => r.Supersedes!.Value).ToHashSet();

    public string? AtField => At is { } at ? TimeZoneInfo.ConvertTime(at, Shanghai).ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture) : null;

    public bool Carries(Evidence record) => Grade?.Carrying.Any(c => c.Record.Id == record.Id) == true;

    public static async Task<SubjectEvidence> LoadAsync(
        IdentityContext database, AssurancePolicies policies, SubjectKind kind, Guid subject, string? at, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (records, fault) = await NotedEvidence.OfAsync(database, subject, cancellationToken);
        var moment = Parse(at);
        var atFault = !string.IsNullOrWhiteSpace(at) && (moment is null || moment > now);
        moment = atFault ? null : moment;
        var policy = moment is { } past ? await AssurancePolicies.InForceAtAsync(database, past, cancellationToken) : await policies.InForceAsync(database, cancellationToken);
        return new SubjectEvidence(records, fault, policy?.GradeOf(kind, records, moment ?? now), moment, atFault);
    }

    private static DateTimeOffset? Parse(string? local) =>
        DateTime.TryParseExact(local, ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? new DateTimeOffset(time, Shanghai.GetUtcOffset(time)).ToUniversalTime() : null;
}
