using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Console.Accounts;
using Yinxin.Identity.Server.Features.Console.FourEyes;
using Yinxin.Identity.Server.Features.Counter.Withdrawals;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Console.CounterEvidence;

/// <summary>Proposes to take back all that one official checked at counters since a day, also after their account was closed.</summary>
internal sealed class ProposeCounterRecordsModel(IdentityContext database, Proposals proposals, TimeProvider time) : ConsolePage
{
    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);
    private static readonly Problem NoDay = new("console.counterWithdrawal.since", 422, "请填写起始日期，不晚于今天。", "Give the first day, not later than today.");
    private static readonly Problem Nothing = new("console.counterWithdrawal.none", 409, "该人员自该日起没有窗口核验。", "This official checked nobody since that day.");

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Since { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public string? Explanation { get; set; }

    public MaskedAccount Account { get; private set; } = null!;

    /// <summary>Checks in all, for the size of it.</summary>
    public long Checks { get; private set; }

    protected override IReadOnlyList<string> Readers => ConsoleRights.ProposeCounterRecords;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) => await ReadAsync(cancellationToken) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!await ReadAsync(cancellationToken))
        {
            return NotFound();
        }

        if (Day(Since) is not { } since || since > time.GetUtcNow())
        {
            return Refuse(nameof(Since), NoDay);
        }

        if (!CounterReasons.All.Contains(Reason ?? "", StringComparer.Ordinal))
        {
            return Refuse(nameof(Reason), CounterReasons.NoReason);
        }

        if (LastingText.Fault(Explanation, 5, 500, CounterReasons.NoExplanation) is { } fault)
        {
            return Refuse(nameof(Explanation), fault);
        }

        if (!await WithdrawnChecks.AnyAsync(database, Id, since, cancellationToken))
        {
            return Refuse(nameof(Since), Nothing);
        }

        try
        {
            var made = await proposals.ProposeAsync(Me, new Wish(ProposalKind.CounterRecords, Id, Reason!, Explanation!.Trim(), Since: since), cancellationToken);
            return LocalRedirect($"/console/proposals/{made.Id}");
        }
        catch (ProblemException e) when (e.Problem.Status is 409 or 403)
        {
            return Refuse("", e.Problem);
        }
    }

    /// <summary>Its first moment, Beijing time.</summary>
    private static DateTimeOffset? Day(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 2000 and < 2200
            ? new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), Shanghai).ToUniversalTime() : null;

    private async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        var account = await database.Users.AsNoTracking().Include(a => a.StaffMember).FirstOrDefaultAsync(a => a.Id == Id && a.Kind == AccountKind.Staff, cancellationToken);
        if (account?.StaffMember is null)
        {
            return false;
        }

        Account = MaskedAccount.Of(account);
        Checks = await WithdrawnChecks.Of(database.Evidence, Id, DateTimeOffset.UnixEpoch).LongCountAsync(cancellationToken);
        return true;
    }
}
