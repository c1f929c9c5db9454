using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Console.Accounts;

/// <summary>Shows one value of one person to one official, once, against a reason; noted, counted, and told to the owner.</summary>
internal sealed class Unmaskings(IdentityContext database, PersonalData personal, INotices notices, IAuditTrail audit, IOptions<UnmaskSettings> settings, TimeProvider time)
{
    public static readonly IReadOnlyList<string> Fields = ["name", "idNumber", "phone"];

    private static readonly Problem TooMany = new(
        "console.unmask.limit", 429, "查看完整信息的次数已达上限，请稍后再试或联系安全管理员。", "You have seen as many values as one official may for now. Try later, or ask a security administrator.");

    private static readonly Problem Nothing = new("console.unmask.none", 404, "该账号没有此项信息。", "This account has no such value.");

    /// <param name="official">Who looks.</param>
    /// <param name="account">At whom.</param>
    /// <param name="field">One of <see cref="Fields"/>.</param>
    /// <param name="reason">One of <see cref="UnmaskReasons"/>.</param>
    /// <param name="explanation">In the official's own words.</param>
    /// <param name="reference">Of a lawful inquiry the number of the order; null for every other reason.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProblemException">The brake, or nothing to show.</exception>
    public async Task<string> ShowAsync(ConsoleOfficial official, Guid account, string field, string reason, string explanation, string? reference, CancellationToken cancellationToken)
    {
        var person = await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => p.Id == account, cancellationToken) ?? throw Nothing.Exception();
        var value = field switch
        {
            "name" when person.Name.Length > 0 => person.Name,
            "idNumber" when person.IdNumberCipher.Length > 0 => personal.Unprotect(Purposes.IdNumber, person.IdNumberCipher),
            "phone" when person.HasPhone => personal.Unprotect(Purposes.Phone, person.PhoneCipher),
            _ => throw Nothing.Exception(),
        };

        // In the audit's turn: of many requests at once none counts before the others are written.
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var allowed = await MayAsync(official.Id, cancellationToken);
        audit.Add(new AuditEntry("account.unmask", account.ToString(), official.Id.ToString(), official.Name, new { field, reason, explanation, reference }, allowed ? "ok" : TooMany.Code));
        if (allowed)
        {
            var now = time.GetUtcNow();
            database.Unmaskings.Add(new Unmasking { Id = Guid.CreateVersion7(now), OfficialId = official.Id, AccountId = account, Field = field, Reason = reason, At = now });
            if (reason != UnmaskReasons.LegalRequest)
            {
                notices.Add(account, NoticeKinds.DataViewed, new Dictionary<string, string>(StringComparer.Ordinal) { ["field"] = field, ["department"] = official.Department, ["reason"] = reason });
            }
        }

        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return allowed ? value : throw TooMany.Exception(TimeSpan.FromHours(1));
    }

    private async Task<bool> MayAsync(Guid official, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (hour, day) = (now.AddHours(-1), now.AddDays(-1));
        var recent = database.Unmaskings.Where(u => u.OfficialId == official && u.At > day);
        return await recent.CountAsync(cancellationToken) < settings.Value.PerDay && await recent.CountAsync(u => u.At > hour, cancellationToken) < settings.Value.PerHour;
    }
}
