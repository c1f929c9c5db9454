using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Console.Accounts;
using Yinxin.Identity.Server.Features.Console.FourEyes;
using Yinxin.Identity.Server.Features.Counter;
using Yinxin.Identity.Server.Features.Disputes;
using Yinxin.Identity.Server.Features.Forms;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.Staff;

/// <summary>One official: a security administrator gives roles, a system administrator closes; what touches administrators and auditors waits for a second official.</summary>
[KeepsForm(nameof(ShowStaffModel.Explanation), nameof(ShowStaffModel.Loss), nameof(ShowStaffModel.Hall), nameof(ShowStaffModel.HallLevel))]
internal sealed class ShowStaffModel(IdentityContext database, Proposals proposals, KeptForms forms, IAuditTrail audit, TimeProvider time) : ConsolePage
{
    private static readonly Problem NoChange = new("console.staff.noChange", 422, "岗位没有变化。", "The roles are the same as before.");
    private static readonly Problem NoExplanation = new("console.staff.explanation", 422, "请填写 5 至 500 字的说明。", "Say why in 5 to 500 characters.");
    private static readonly Problem BadRole = new("console.staff.role", 422, "没有该岗位。", "There is no such role.");
    private static readonly Problem Two = new("console.staff.exclusive", 422, "系统、安全、审计管理员互不兼任，请只选其一。", "Nobody holds two of the three administrators' roles; choose one.");
    private static readonly Problem BadPost = new("console.staff.post", 422, "请同时填写大厅（100 字以内）和级别，或都留空。", "Give both a hall (up to 100 characters) and its level, or neither.");
    private static readonly Problem Self = new("console.staff.self", 403, "不能处理本人的岗位或账号。", "Nobody gives themselves roles or closes their own account.");

    private static readonly Problem Changed = new(
        "console.staff.changed", 409, "该账号的岗位或状态刚刚被他人更改，本次没有办理。请核对后重新提交。",
        "The roles or the state of this account were changed by another just now, and nothing has been done. Please check and submit again.");

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty(SupportsGet = true)]
    public bool Done { get; set; }

    [BindProperty]
    public List<string> Roles { get; set; } = [];

    [BindProperty]
    public string? Explanation { get; set; }

    /// <summary>Why the second factor is to be reset; a field of its own, for the page has several forms.</summary>
    [BindProperty]
    public string? Loss { get; set; }

    [BindProperty]
    public string? Hall { get; set; }

    [BindProperty]
    public string? HallLevel { get; set; }

    public StaffMember Member { get; private set; } = null!;

    public MaskedAccount Account { get; private set; } = null!;

    public Proposal? Waiting { get; private set; }

    /// <summary>Whether this official may propose to reset that one's second factor.</summary>
    public bool MayResetFactor => Me.Holds(Member.Roles.Contains(OfficialRoles.SystemAdministrator) ? ConsoleRights.ProposeFactorResetOfSystemAdministrator : ConsoleRights.ProposeFactorReset);

    /// <summary>Whether the forms show what was typed before a sign-in came between, or say that it is lost. Roles are chosen anew.</summary>
    public KeptForm Kept { get; private set; }

    public IReadOnlyCollection<string> Chosen => Request.Method == HttpMethods.Post ? Roles : Member.Roles;

    protected override IReadOnlyList<string> Readers => ConsoleRights.ReadStaff;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (!await ReadAsync(cancellationToken))
        {
            return NotFound();
        }

        Kept = forms.Restore(this, Me.Id);
        return Page();
    }

    public async Task<IActionResult> OnPostRolesAsync(CancellationToken cancellationToken)
    {
        Demand(ConsoleRights.GiveRoles);
        if (await BeforeChangeAsync(nameof(Explanation), Explanation, cancellationToken) is { } answer)
        {
            return answer;
        }

        var roles = Roles.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (roles.Exists(role => !OfficialRoles.All.Contains(role, StringComparer.Ordinal)))
        {
            return Refuse(nameof(Roles), BadRole);
        }

        if (roles.SequenceEqual(Member.Roles.Order(StringComparer.Ordinal), StringComparer.Ordinal))
        {
            // Written all the same, it would end that person's sessions.
            return Refuse(nameof(Roles), NoChange);
        }

        if (OfficialRoles.HoldsTwoAdministrators(roles))
        {
            return Refuse(nameof(Roles), Two);
        }

        if (await OneOffice.IsHeldElsewhereAsync(database, Member, roles, cancellationToken))
        {
            return Refuse(nameof(Roles), OneOffice.Taken);
        }

        return await ChangeAsync(
            () => roles.Except(Member.Roles, StringComparer.Ordinal).Union(Member.Roles.Except(roles, StringComparer.Ordinal), StringComparer.Ordinal).Any(IsGuarded),
            new Wish(ProposalKind.Roles, Id, "duty", Explanation!.Trim(), Roles: roles),
            () => proposals.SetRolesAsync(Id, roles, Me.Id, Me.Name, cancellationToken),
            cancellationToken);
    }

    public Dictionary<string, string> HallLevels(ITexts texts) =>
        CounterVisit.HallLevels.Prepend("").ToDictionary(l => l, l => l.Length == 0 ? texts.Of("无", "none") : DisputeWords.HallLevel(texts, l), StringComparer.Ordinal);

    /// <summary>Where the official sits; it decides which hall stands in what they prove.</summary>
    public async Task<IActionResult> OnPostPostAsync(CancellationToken cancellationToken)
    {
        Demand(ConsoleRights.OpenStaff);
        if (!await ReadAsync(cancellationToken) || Account.ClosedAt is not null)
        {
            return NotFound();
        }

        if (Id == Me.Id)
        {
            throw Self.Exception();
        }

        if (SignInAgain(time) is { } proof)
        {
            await forms.KeepAsync(HttpContext, Me.Id);
            return proof;
        }

        var (hall, level) = (Hall?.Trim() is { Length: > 0 } h ? h : null, HallLevel is { Length: > 0 } l ? l : null);
        if (hall?.Length > 100 || (hall is null) != (level is null) || (level is not null && !CounterVisit.HallLevels.Contains(level, StringComparer.Ordinal)))
        {
            return Refuse(nameof(Hall), BadPost);
        }

        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        await database.StaffMembers.Where(s => s.Id == Id).ExecuteUpdateAsync(s => s.SetProperty(x => x.Hall, hall).SetProperty(x => x.HallLevel, level), cancellationToken);
        audit.Add(new AuditEntry("staff.post", Id.ToString(), Me.Id.ToString(), Me.Name, new { hall, level, was = Member.Hall }));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return LocalRedirect($"/console/staff/{Id}?done=true");
    }

    public async Task<IActionResult> OnPostCloseAsync(CancellationToken cancellationToken)
    {
        Demand(ConsoleRights.OpenStaff);
        if (await BeforeChangeAsync(nameof(Explanation), Explanation, cancellationToken) is { } answer)
        {
            return answer;
        }

        return await ChangeAsync(
            () => Member.Roles.Exists(IsGuarded),
            new Wish(ProposalKind.Close, Id, "left", Explanation!.Trim()),
            () => proposals.CloseAsync(Id, Me.Id, Me.Name, cancellationToken),
            cancellationToken);
    }

    /// <summary>A lost factor is never reset by one alone, whoever's it is.</summary>
    public async Task<IActionResult> OnPostFactorAsync(CancellationToken cancellationToken)
    {
        if (!await ReadAsync(cancellationToken))
        {
            return NotFound();
        }

        if (!MayResetFactor)
        {
            Demand(ConsoleRights.ProposeFactorReset);
        }

        return await BeforeChangeAsync(nameof(Loss), Loss, cancellationToken) ?? await ChangeAsync(
            () => true, new Wish(ProposalKind.FactorReset, Id, "factor-lost", Loss!.Trim()), () => Task.CompletedTask, cancellationToken);
    }

    private async Task<IActionResult?> BeforeChangeAsync(string field, string? explanation, CancellationToken cancellationToken)
    {
        if (!await ReadAsync(cancellationToken) || Account.ClosedAt is not null)
        {
            return NotFound();
        }

        if (Id == Me.Id)
        {
            throw Self.Exception();
        }

        if (SignInAgain(time) is { } again)
        {
            await forms.KeepAsync(HttpContext, Me.Id);
            return again;
        }

        return LastingText.Fault(explanation, 5, 500, NoExplanation) is { } fault ? Refuse(field, fault) : null;
    }

    private static bool IsGuarded(string role) => OfficialRoles.Guarded.Contains(role, StringComparer.Ordinal);

    /// <param name="isGuarded">Whether the change needs a second official, by what was read last.</param>
    /// <param name="wish">What is proposed then.</param>
    /// <param name="change">What is done at once otherwise.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    private async Task<IActionResult> ChangeAsync(Func<bool> isGuarded, Wish wish, Func<Task> change, CancellationToken cancellationToken)
    {
        try
        {
            var guarded = isGuarded();
            if (guarded)
            {
                await proposals.ProposeAsync(Me, wish, cancellationToken);
            }
            else
            {
                await ChangeAtOnceAsync(isGuarded, change, cancellationToken);
            }

            return LocalRedirect($"/console/staff/{Id}?done={(guarded ? "false" : "true")}");
        }
        catch (ProblemException e) when (e.Problem.Status == StatusCodes.Status409Conflict)
        {
            return Refuse("", e.Problem);
        }
    }

    /// <summary>
    /// In the audit's turn, and by what is read there: roles are written whole, so one that two officials took away meanwhile would come back with those that were read before, and an account
    /// that two made an administrator's would be closed by one.
    /// </summary>
    private async Task ChangeAtOnceAsync(Func<bool> isGuarded, Func<Task> change, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        if (!await ReadAsync(cancellationToken) || Account.ClosedAt is not null || isGuarded())
        {
            throw Changed.Exception();
        }

        if (Waiting is not null)
        {
            throw Proposals.Waiting.Exception();
        }

        await change();
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
    }

    private async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        var account = await database.Users.AsNoTracking().Include(a => a.StaffMember).FirstOrDefaultAsync(a => a.Id == Id && a.Kind == AccountKind.Staff, cancellationToken);
        if (account?.StaffMember is null)
        {
            return false;
        }

        (Member, Account) = (account.StaffMember, MaskedAccount.Of(account));
        Waiting = await database.Proposals.AsNoTracking().FirstOrDefaultAsync(
            p => p.SubjectId == Id && p.State == ProposalState.Pending && p.Kind != ProposalKind.CounterRecord && p.Kind != ProposalKind.CounterRecords && p.Kind != ProposalKind.ImportRecords,
            cancellationToken);
        return true;
    }
}
